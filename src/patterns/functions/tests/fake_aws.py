"""Stands in for boto3 and botocore, so that the tests need no package at all."""

import importlib.util
import os
import sys
import types
from pathlib import Path
from unittest import mock

FUNCTIONS = Path(__file__).resolve().parent.parent


class ClientError(Exception):
    """As botocore's: the service's answer in `response`."""

    def __init__(self, code, status=400):
        super().__init__(code)
        self.response = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}


class NoConnection(Exception):
    """As botocore's ConnectionError."""


class HTTPClientError(Exception):
    """As botocore's, the parent of a read timeout."""


def load(function, environment, clients):
    """A function's module, made anew with this environment and these clients by service."""
    boto3 = types.ModuleType("boto3")
    boto3.client = lambda service, **settings: clients[service](settings)
    exceptions = types.ModuleType("botocore.exceptions")
    exceptions.ClientError = ClientError
    exceptions.ConnectionError = NoConnection
    exceptions.HTTPClientError = HTTPClientError
    config = types.ModuleType("botocore.config")
    config.Config = dict
    modules = {
        "boto3": boto3,
        "botocore": types.ModuleType("botocore"),
        "botocore.exceptions": exceptions,
        "botocore.config": config,
    }
    spec = importlib.util.spec_from_file_location(f"{function}_index", FUNCTIONS / function / "index.py")
    module = importlib.util.module_from_spec(spec)
    with mock.patch.dict(sys.modules, modules), mock.patch.dict(os.environ, environment, clear=True):
        spec.loader.exec_module(module)
    module.log.disabled = True
    return module


def request(body="", headers=None, encoded=False, method="POST", path="/hook"):
    """An HTTP API's event, payload format 2.0."""
    return {
        "version": "2.0",
        "rawPath": path,
        "headers": headers or {},
        "requestContext": {"http": {"method": method, "path": path}},
        "body": body,
        "isBase64Encoded": encoded,
    }
