# What the steps share: each reads this file first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Leaves out a step that cannot be done here. Where `CI` is `true`, all of them must be done.
skip() {
    echo "skipped: $*" >&2
    [ "${CI:-}" != true ] || exit 1
    exit 0
}

# The crates that are published, one a line, each with its features.
libraries() {
    cargo metadata --no-deps --format-version 1 | python3 -c '
import json, sys
for package in json.load(sys.stdin)["packages"]:
    if package["publish"] is None:
        print(package["name"], *sorted(package["features"]))'
}
