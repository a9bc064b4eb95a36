"""Tables of cases for rules that begin nothing and keep nothing: one test a table, which names each case that fails.

Thousands of such cases take less time than pytest does about a test for each, in every process that collects them.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from inspect import signature
from typing import Any

import pytest
from _pytest.mark import ParameterSet

Test = Callable[..., None]
FAILURES = (Exception, pytest.fail.Exception, BaseExceptionGroup)


def table(names: str | Sequence[str], rows: Iterable[Any]) -> Callable[[Test], Test]:
    """Call the test with every row, as `pytest.mark.parametrize` does, and fail with all the rows that did."""
    wanted = [name.strip() for name in names.split(",")] if isinstance(names, str) else [*names]
    known = [ParameterSet.extract_from(row, force_tuple=len(wanted) == 1) for row in rows]
    assert known, "a table without rows shows nothing"
    assert not any(row.marks for row in known), "a row that is expected to fail is a test of its own"

    def over(test: Test) -> Test:
        @wraps(test)
        def every(**given: Any) -> None:
            failed: list[BaseException] = []
            for row in known:
                case = dict(zip(wanted, row.values, strict=True))
                try:
                    test(**given, **case)
                except FAILURES as error:
                    told = ", ".join(f"{name}={value!r}" for name, value in case.items())
                    error.add_note(f"with {told}" if row.id is None else f"with {row.id}: {told}")
                    failed.append(error)
            if failed:
                raise failed[0] if len(failed) == 1 else BaseExceptionGroup(f"{len(failed)} of {len(known)}", failed)

        whole = signature(test)
        given = [one for name, one in whole.parameters.items() if name not in wanted]
        vars(every)["__signature__"] = whole.replace(parameters=given)
        return every

    return over
