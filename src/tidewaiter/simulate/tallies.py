"""Trade statistics of a world: what reporters publish of all the consignments by month."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewaiter.simulate import atlas
from tidewaiter.simulate.consignments import LOST, Consignments
from tidewaiter.simulate.plan import Plan, day_number

RELEASED_AFTER = 60  # days after the end of a month
FREIGHT = 1.05  # import values are cif, export values fob


class Tallies:
    """Adds blocks up to month x seller's country x buyer's country x product."""

    def __init__(self, plan: Plan, country: npt.NDArray[np.int64]) -> None:
        self.first = _month(np.array([day_number(plan.start)]))[0]
        self.last = _month(np.array([day_number(plan.end)]))[0]
        self.country = country
        lands, goods = len(atlas.countries()), len(atlas.products())
        shape = (2, int(self.last - self.first) + 1, lands, lands, goods)
        self.value = np.zeros(shape)
        self.kilos = np.zeros(shape)

    def add(self, block: Consignments) -> None:
        """Count a block: exports as they leave, imports where they arrive."""
        month = np.clip(_month(block.day) - self.first, 0, self.last - self.first)
        one, other = self.country[block.seller], self.country[block.buyer]
        mass = np.array([each.kg for each in atlas.products()])[block.product] * block.quantity
        for side, mask in ((0, one != other), (1, (one != other) & (block.procedure != LOST))):
            place = (side, month[mask], one[mask], other[mask], block.product[mask])
            np.add.at(self.value, place, block.value[mask])
            np.add.at(self.kilos, place, mass[mask])

    def table(self) -> pa.Table:
        """``flows.csv``; the target publishes nothing."""
        side, month, one, other, product = np.nonzero(self.value)
        codes = np.array([land.code for land in atlas.countries()])
        reporter = np.where(side == 0, codes[one], codes[other])
        keep = reporter != atlas.TARGET
        side, month, one, other, product = (a[keep] for a in (side, month, one, other, product))
        place = (side, month, one, other, product)
        begin = (month + self.first).astype("datetime64[M]")
        released = (begin + 1).astype("datetime64[D]") + RELEASED_AFTER
        export = side == 0
        return pa.table(
            {
                "period": pa.array(np.datetime_as_string(begin)),
                "reporter": pa.array(np.where(export, codes[one], codes[other])),
                "partner": pa.array(np.where(export, codes[other], codes[one])),
                "direction": pa.array(np.where(export, "export", "import")),
                "hs_code": pa.array(np.array([each.hs for each in atlas.products()])[product]),
                "hs_edition": pa.array(np.full(len(side), "2022")),
                "value": pa.array(np.round(self.value[place] * np.where(export, 1, FREIGHT), 2)),
                "currency": pa.array(np.full(len(side), "USD")),
                "net_kg": pa.array(np.maximum(np.round(self.kilos[place], 3), 0.001)),
                "valuation": pa.array(np.where(export, "fob", "cif")),
                "partner_basis": pa.array(
                    np.where(export, "last_known_destination", "consignment")
                ),
                "released_on": pa.array(np.datetime_as_string(released)),
            }
        )


def _month(days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
