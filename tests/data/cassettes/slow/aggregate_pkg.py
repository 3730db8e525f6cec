"""終わらないスクリプト：再実行中の中断を確かめるためのもの"""

import time

time.sleep(600)
