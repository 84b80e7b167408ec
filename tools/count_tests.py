#!/usr/bin/env python3
"""Counts test cases from Bazel's build events: prints the failed ones, then "N passed, N failed".

Exit status 0 only when something ran and nothing failed. A test target without a case list of its
own (or one that died before writing it) counts as one case. Of a target that ran twice the last run
counts; what failed in the first is printed as FLAKY.
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


def counted(label, result):
    """(passed, [failed names], skipped) of one run of a target."""
    outputs = {o["name"]: o.get("uri", "") for o in result.get("testActionOutput", [])}
    found = cases(urllib.parse.urlparse(outputs.get("test.xml", "")).path)
    ok = result["status"] in ("PASSED", "FLAKY")
    if found is None or sum((found[0], len(found[1]), found[2])) == 0:
        return (1, [], 0) if ok else (0, [label], 0)
    if not ok and not found[1]:
        return found[0], [label + " (" + result["status"] + ")"], found[2]
    return found


def main():
    runs = {}  # label -> {attempt: counted}
    not_built = []
    with open(sys.argv[1]) as events:
        for line in events:
            event = json.loads(line)
            if "testResult" in event:
                identity = event["id"]["testResult"]
                attempts = runs.setdefault(identity["label"], {})
                attempts[identity.get("attempt", 1)] = counted(identity["label"],
                                                               event["testResult"])
            elif "aborted" in event and "targetCompleted" in event["id"]:
                not_built.append(event["id"]["targetCompleted"].get("label"))
    passed, failed, skipped = 0, len(not_built), 0
    for label in not_built:
        print("NOT BUILT:", label)
    for label, attempts in runs.items():
        *earlier, last = (attempts[attempt] for attempt in sorted(attempts))
        for _, names, _ in earlier:
            for name in names:
                print("FAILED:" if last[1] else "FLAKY:", label, name)
        for name in last[1]:
            print("FAILED:", label, name)
        passed += last[0]
        failed += len(last[1])
        skipped += last[2]
    print(f"{len(runs)} test targets, {skipped} cases skipped")
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


sys.exit(main())
