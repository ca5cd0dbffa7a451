"""The directory as GeoJSON (RFC 7946): a feature a clinic."""

import json

from clinics.exporting.format import Format, Output
from clinics.models import Clinic, Route

_PROPERTIES = (
    "name", "is_sample", "setting", "street", "town", "region", "postcode", "country", "position_precision", "phone",
    "website", "payments", "languages", "taking_new_patients", "psychiatric_assessment", "therapy_alongside",
    "wheelchair_access", "verified_how",
)  # fmt: skip


class GeoJSON(Format):
    """A feature collection. A clinic whose position is not known, or that is remote, has a null geometry."""

    name, title, media_type = "clinics.geojson", "GeoJSON", "application/geo+json"
    about = "Points with their main facts, for maps. A null means that we do not know."

    def __init__(self, output: Output):
        self._output, self._before = output, "\n"
        output.write('{"type": "FeatureCollection", "features": [')

    def write(self, clinic: Clinic, url: str) -> None:
        point = [clinic.longitude, clinic.latitude]
        feature = {
            "type": "Feature",
            "id": clinic.pk,
            "geometry": None if None in point else {"type": "Point", "coordinates": point},
            "properties": {field: getattr(clinic, field) for field in _PROPERTIES}
            | {
                "url": url,
                "provider": clinic.provider.name if clinic.provider else None,
                "treatments": sorted(Route(route).slug for route in clinic.routes),
                "verified_on": clinic.verified_on.isoformat() if clinic.verified_on else None,
            },
        }
        self._output.write(self._before + json.dumps(feature, ensure_ascii=False))
        self._before = ",\n"

    def finish(self) -> None:
        self._output.write("\n]}\n")
