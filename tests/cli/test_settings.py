"""Settings: what parses but cannot be meant is refused, with the name of the setting."""

from __future__ import annotations

from pathlib import Path

import pytest

from tidewaiter.errors import UsageError
from tidewaiter.settings import resolve


@pytest.mark.parametrize(
    "amount",
    [
        "999999999999999999999TB", "0GB", "0.001GB", "63MB", "1001TB", "1e3GB", "nan", "-1GB",
        "\u0663GB", "2\u00a0GB", "2", "GB", "2 gigabytes", "9" * 400 + "TB",
    ],
)  # fmt: skip
def test_an_amount_of_memory_that_cannot_be_meant(
    amount: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the engine is asked."""
    monkeypatch.setenv("TIDEWAITER_MEMORY", amount)
    with pytest.raises(UsageError, match=r"memory") as caught:
        resolve(None)
    assert "64MB to 1000TB" in caught.value.next_step


@pytest.mark.parametrize("amount", ["64MB", "2GB", "1.5 GiB", "900000KB", "1000TB"])
def test_an_amount_of_memory_that_can_be_meant(
    amount: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a small machine to the largest."""
    monkeypatch.setenv("TIDEWAITER_MEMORY", amount)
    assert resolve(None).memory == amount


@pytest.mark.parametrize(
    "line",
    [
        "max_rejects = nan",
        "match_threshold = -inf",
        "wait = inf",
        "[flags.NEW-01]\nage_months = nan",
    ],
)
def test_what_is_no_number_is_refused(tmp_path: Path, line: str) -> None:
    """It would compare as false with everything."""
    (tmp_path / "tidewaiter.toml").write_text(line, "utf-8")
    with pytest.raises(UsageError, match=r"nan|inf"):
        resolve(tmp_path)


@pytest.mark.parametrize("text", ["x = " + "[" * 5000, "x = " + "9" * 5000, "x = ", "\ud800"])
def test_a_file_that_no_parser_takes_is_no_toml(tmp_path: Path, text: str) -> None:
    """Endless nesting and endless numbers end as any other fault of the file."""
    (tmp_path / "tidewaiter.toml").write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(UsageError, match=r"not TOML"):
        resolve(tmp_path)
