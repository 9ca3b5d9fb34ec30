"""A kept file with other content and a right digest, as anybody can make one."""

from __future__ import annotations

import json
import zipfile

from simulation.serialise import checkpoint


def forge(saved, tmp_path, change):
    """A copy of the file with `change(header, records)` done to it and its checksum made right."""
    path = tmp_path / "forged.katye"
    path.write_bytes(saved)
    with zipfile.ZipFile(path) as archive:
        head = json.loads(archive.read(checkpoint.HEADER))
        members = {name: archive.read(name) for name in archive.namelist() if name != checkpoint.HEADER}
    head.pop("sha256")
    records = json.loads(members[checkpoint.RECORDS])
    change(head["model"], records)
    members[checkpoint.RECORDS] = json.dumps(records).encode()
    head["sha256"] = checkpoint._digest(head, members)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(checkpoint.HEADER, json.dumps(head))
        for name, content in members.items():
            archive.writestr(name, content)
    return path
