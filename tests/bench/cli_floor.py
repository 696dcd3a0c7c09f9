"""The least that one edit takes in Python: one request, one file written. `python cli_floor.py FILE TASK`."""

import json
import os
import sys
import urllib.request


def main(path: str, task: str) -> None:
    """Send the file and the task, and put the answer's code into the file."""
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        text = file.read()
    asked = {"model": "whole", "messages": [{"role": "user", "content": f"{task}\n\n```python\n{text}```\n"}]}
    request = urllib.request.Request(
        f"{os.environ['OPENAI_BASE_URL']}/chat/completions",
        json.dumps(asked).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        reply = json.load(answer)["choices"][0]["message"]["content"]
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(reply.partition("```python\n")[2].rpartition("```")[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
