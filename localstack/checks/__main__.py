"""Runs the checks of this folder against a MiniStack with the extras: `python checks ENDPOINT [NAME...]`.

Ends with a line `N passed, N failed` and, if any failed, with status 1. Each check has an AWS account
of its own (an access key of twelve digits), so they run side by side.
"""

import concurrent.futures
import pathlib
import sys
import unittest

import cloud


def single_checks(suite):
    for part in suite:
        if isinstance(part, unittest.TestSuite):
            yield from single_checks(part)
        else:
            yield part


def run(check):
    result = unittest.TestResult()
    check.run(result)
    return check, result


def main(endpoint, *names):
    cloud.ENDPOINT = endpoint
    loader = unittest.defaultTestLoader
    if names:
        found = loader.loadTestsFromNames(names)
    else:
        here = str(pathlib.Path(__file__).parent)
        found = loader.discover(here, pattern="test_*.py", top_level_dir=here)
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for check, result in pool.map(run, single_checks(found)):
            problems = [text for _, text in result.failures + result.errors]
            if problems:
                failed += 1
                print(f"FAILED {check.id()}\n" + "\n".join(problems), flush=True)
            else:
                passed += 1
                print(f"ok {check.id()}", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
