#!/usr/bin/env python3
"""Counts test cases from Bazel's build events: prints the failed ones, then "N passed, N failed".

Exit status 0 only when something ran and nothing failed. A test target without a case list of its
own (or one that died before writing it) counts as one case.
"""
import json
import sys
import urllib.parse
import xml.etree.ElementTree as xml_tree


def cases(path):
    """(passed, [failed names], skipped) of one test.xml, or None when there is none."""
    try:
        root = xml_tree.parse(path).getroot()
    except (OSError, xml_tree.ParseError):
        return None
    passed, failed, skipped = 0, [], 0
    for case in root.iter("testcase"):
        name = f"{case.get('classname', '')}.{case.get('name', '')}"
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(name)
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def main():
    passed = failed = skipped = 0
    seen = set()
    with open(sys.argv[1]) as events:
        for line in events:
            event = json.loads(line)
            if "testResult" not in event:
                if "aborted" in event and "targetCompleted" in event["id"]:
                    failed += 1
                    print("NOT BUILT:", event["id"]["targetCompleted"].get("label"))
                continue
            label = event["id"]["testResult"]["label"]
            result = event["testResult"]
            outputs = {o["name"]: o.get("uri", "") for o in result.get("testActionOutput", [])}
            path = urllib.parse.urlparse(outputs.get("test.xml", "")).path
            counted = cases(path)
            ok = result["status"] in ("PASSED", "FLAKY")
            seen.add(label)
            if counted is None or sum((counted[0], len(counted[1]), counted[2])) == 0:
                counted = (1, [], 0) if ok else (0, [label], 0)
            elif not ok and not counted[1]:
                counted = (counted[0], [label + " (" + result["status"] + ")"], counted[2])
            passed += counted[0]
            failed += len(counted[1])
            skipped += counted[2]
            for name in counted[1]:
                print("FAILED:", label, name)
    print(f"{len(seen)} test targets")
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 0 if passed and not failed else 1


sys.exit(main())
