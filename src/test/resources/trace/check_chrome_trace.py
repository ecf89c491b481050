"""Checks a trace of standard input against Chrome's Trace Event Format, and prints its slices as a tree, then its flows."""
import json
import sys
from decimal import Decimal

trace = json.load(sys.stdin, parse_float=Decimal)
events = trace["traceEvents"]
names = {}
faults = []


def require(fact, event, message):
    if not fact:
        faults.append("%s: %s" % (message, event))


for event in events:
    require({"ph", "name", "pid", "tid"} <= event.keys(), event, "lacks a member")
    require(event["ph"] in "MXistf", event, "has an unknown kind")
    require(isinstance(event["name"], str) and isinstance(event["tid"], int), event, "has a wrong type")
    if event["ph"] == "M":
        if event["name"] == "thread_name":
            names[event["tid"]] = event["args"]["name"]
        continue
    require(event["tid"] in names, event, "is on a thread without a name")
    require(isinstance(event["ts"], (int, Decimal)) and event["ts"] >= 0, event, "has no time")
    if event["ph"] == "X":
        require(event["dur"] >= 0 and isinstance(event["args"], dict), event, "has no length")
    if event["ph"] == "i":
        require(event["s"] == "t", event, "is an instant of more than a thread")

lines = []
for tid, name in sorted(names.items()):
    lines.append("thread " + name)
    slices = [e for e in events if e["ph"] in "Xi" and e["tid"] == tid]
    order = {"turn": 0, "phase": 1, "callback": 2}
    slices.sort(key=lambda e: (e["ts"], -e.get("dur", 0), order.get(e["cat"], 3)))
    stack = []
    for e in slices:
        end = e["ts"] + e.get("dur", 0)
        while stack and stack[-1] <= e["ts"] and not (stack[-1] == e["ts"] == end):
            stack.pop()
        require(not stack or end <= stack[-1], e, "ends after the slice around it")
        lines.append("  " * (len(stack) + 1) + e["name"] + (" !" if e["ph"] == "i" else ""))
        if e["ph"] == "X":
            stack.append(end)

flows = {}
for event in events:
    if event["ph"] in "stf":
        flows.setdefault(event["id"], []).append(event)
for number, flow in sorted(flows.items()):
    kinds = "".join(e["ph"] for e in flow)
    require(kinds == "s" + "t" * (len(kinds) - 2) + "f", flow, "is no flow")
    require(flow[-1]["bp"] == "e", flow[-1], "does not end in its slice")
    require(all(a["ts"] <= b["ts"] for a, b in zip(flow, flow[1:])), flow, "runs backward")
    calls = []
    for e in flow:
        around = [c for c in events if c["ph"] == "X" and c["tid"] == e["tid"] and c["ts"] <= e["ts"] <= c["ts"] + c["dur"]]
        require(around, e, "is in no slice")
        calls.append(min(reversed(around), key=lambda c: c["dur"])["name"] + "@" + names[e["tid"]])
    lines.append("%s: %s" % (flow[0]["name"], " ".join(calls)))

print("\n".join(faults or lines))
