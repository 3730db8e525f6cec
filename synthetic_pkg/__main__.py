"""`python -m synthetic_pkg build | inspect | explain`: see synthetic_pkg.cli."""

from synthetic_pkg.cli import main

if __name__ == "__main__":
    main()
