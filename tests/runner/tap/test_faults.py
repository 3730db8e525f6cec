"""Naming failures, without a network: what the real-server tests cannot easily bring about."""

from __future__ import annotations

import socket
import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from runner.tap.faults import address, of_exception, of_status, said


def test_a_certificate_nobody_trusts_is_refused_with_its_reason() -> None:
    key = ConnectionKey("box.example", 443, True, True, None, None, None)
    error = aiohttp.ClientConnectorCertificateError(key, ssl.CertificateError("self-signed certificate"))
    fault = of_exception(error, "https://box.example", 5)
    assert (fault.kind, fault.fatal) == ("refused", True)
    assert "self-signed certificate" in fault.message


def test_a_host_without_a_name_is_refused_in_the_systems_words() -> None:
    key = ConnectionKey("box.invalid", 443, True, True, None, None, None)
    error = aiohttp.ClientConnectorDNSError(key, socket.gaierror(-2, "Name or service not known"))
    fault = of_exception(error, "https://box.invalid", 5)
    assert (fault.kind, "(Name or service not known)" in fault.message) == ("refused", True)


def test_an_address_is_shown_without_its_password() -> None:
    assert address("https://me:secret@box.example:8443/path") == "https://box.example:8443"


@pytest.mark.parametrize("status", [200, 201, 400, 413, 422])
def test_an_answer_that_concerns_only_the_request_is_no_fault(status: int) -> None:
    assert of_status(status, "/v1/messages", "{}", None) is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"type":"error","error":{"type":"x","message":"two\\n lines"}}', "two lines"),
        ('{"error":"llama runner terminated"}', "llama runner terminated"),
        ('{"message":"plain"}', "plain"),
        ("[1]", "[1]"),
        ("<html>\n <b>401</b>", "<html> <b>401</b>"),
        ("", ""),
        ("長" * 1000, "長" * 299 + "…"),
    ],
)
def test_the_words_of_an_error_body_are_found_in_any_shape(body: str, words: str) -> None:
    assert said(body) == words
