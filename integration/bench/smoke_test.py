"""The benchmark still runs: everything once, at its smallest. Says nothing about time."""

import json

import bench


def test_every_figure_of_every_daemon(tmp_path):
    figures = tmp_path / "figures"
    settings = bench.Settings({
        "BENCH_ROUNDS": "1", "BENCH_CONTAINERS": "2", "BENCH_LISTED": "3", "BENCH_RESTARTS": "1",
        "BENCH_BATCH": "2", "BENCH_IMAGE_MB": "1", "BENCH_IDLE_S": "0",
        "BENCH_JSON": str(figures)})
    report = bench.main(settings)
    rows = [json.loads(line) for line in figures.read_text().splitlines()]
    assert rows == report.rows
    by_figure = {}
    for row in rows:
        assert row["min"] > 0, row
        by_figure.setdefault(row["figure"], {})[row["system"]] = row
    for figure, systems in by_figure.items():
        if "conmon" in figure:
            continue
        assert {"buoyd/runc", "dockerd"} <= systems.keys(), figure
        assert systems["buoyd/runc"]["ratio"] > 0
    assert {"crun", "runc"} & by_figure["run --rm true"].keys(), "no bare runtime was measured"
    # No goal lost its figure.
    verdicts = list(report.verdicts())
    for goal in bench.GOALS:
        assert any(f": {goal}" in verdict for verdict in verdicts), (goal, verdicts)
    assert any(str(bench.SHIM_GOAL_KB) in verdict for verdict in verdicts)
