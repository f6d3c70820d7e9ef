"""Leaves out of a folder of jars what a GPU machine does not run, which is oneDNN and libraries for other systems, and stores the rest uncompressed, for
an archive that compresses all of it together. Argument: the folder."""

import pathlib
import sys
import zipfile

LEFT_OUT = "dnnl-"
LIBRARIES = "native", "lib"
SYSTEM = "linux-x86_64"


def for_another_system(name):
    folders = name.split("/")[:-1]
    return tuple(folders[:2]) == LIBRARIES and len(folders) > 2 and folders[2] != SYSTEM


def store(jar):
    """Writes a jar again, uncompressed, without libraries of other systems."""
    stored = jar.with_suffix(".stored")
    with zipfile.ZipFile(jar) as source, zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as target:
        for entry in source.infolist():
            if not for_another_system(entry.filename):
                target.writestr(entry.filename, source.read(entry))
    stored.replace(jar)


def main():
    for jar in sorted(pathlib.Path(sys.argv[1]).glob("*.jar")):
        if jar.name.startswith(LEFT_OUT):
            jar.unlink()
        else:
            store(jar)


if __name__ == "__main__":
    main()
