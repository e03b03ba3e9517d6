#!/usr/bin/env python3
"""Makes workbooks and documents out of pages of the corpus, by LibreOffice. Run by hand:

    python3 tests/corpus/office.py [NAME.ending ...]

Without names it makes those of the list that are missing. What LibreOffice writes differs from run to run (dates,
versions), so a file that is there is left as it is: its digest stands in its expectation.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

TABLES = pathlib.Path(__file__).parent / "tables"

# Each is made of the page of the same name.
FILES = """
S1-S4-merged-cells.xlsx S1-S4-merged-cells.xls S1-S4-merged-cells.ods S1-S4-merged-cells.docx
S5-shared-number.xlsx S7-gaps.xlsx S11-several-domains.docx S13-repeated-header.docx
S16-vertical.docx S19-three-levels.ods S21-other-order.xls N1-spaces-in-words.xlsx N6-ditto.docx V1-township-and-village.ods
""".split()

FILTERS = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "xls": "xls:MS Excel 97", "ods": "ods:calc8",
           "docx": "docx:MS Word 2007 XML"}


def make(names, ending):
    reader = "HTML (StarWriter)" if ending == "docx" else "HTML (StarCalc)"
    with tempfile.TemporaryDirectory() as folder:
        pages = [TABLES / (name.rsplit(".", 1)[0] + ".html") for name in names]
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", f"--infilter={reader}",
                   "--convert-to", FILTERS[ending], "--outdir", folder, *map(str, pages)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        for name in names:
            shutil.move(pathlib.Path(folder) / name, TABLES / name)


def main():
    wanted = sys.argv[1:] or [name for name in FILES if not (TABLES / name).exists()]
    for ending in FILTERS:
        names = [name for name in wanted if name.endswith("." + ending)]
        if names:
            make(names, ending)


main()
