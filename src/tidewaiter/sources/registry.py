"""Every reader, in the order in which they are asked; the first that knows a file reads it.

Official formats come before the plain ones: their headers are their own, while a plain
table may be recognised by required columns alone.
"""

from __future__ import annotations

from tidewaiter.errors import MissingError
from tidewaiter.sources.casefolder import SLUG, CaseReader, case_name
from tidewaiter.sources.declarations.korea_customs import KoreaCustomsReader
from tidewaiter.sources.lists.ch_seco import ChSecoReader
from tidewaiter.sources.lists.designations import DesignationsReader
from tidewaiter.sources.lists.eu_fsf import EuFsfReader
from tidewaiter.sources.lists.eu_journal import EuJournalReader
from tidewaiter.sources.lists.jp_meti import JpMetiReader
from tidewaiter.sources.lists.ofac_advanced import OfacAdvancedReader
from tidewaiter.sources.lists.ofac_csv import OfacCsvReader
from tidewaiter.sources.lists.opensanctions_delta import OpenSanctionsDeltaReader
from tidewaiter.sources.lists.opensanctions_entities import OpenSanctionsEntitiesReader
from tidewaiter.sources.lists.opensanctions_index import OpenSanctionsIndexReader
from tidewaiter.sources.lists.opensanctions_simple import OpenSanctionsSimpleReader
from tidewaiter.sources.lists.opensanctions_statements import OpenSanctionsStatementsReader
from tidewaiter.sources.lists.ua_nsdc import UaNsdcReader
from tidewaiter.sources.lists.ua_war_sanctions import UaWarSanctionsReader
from tidewaiter.sources.lists.uk_conlist import UkConlistReader
from tidewaiter.sources.lists.uk_sanctions_list import UkListReader
from tidewaiter.sources.lists.un_sc import UnScReader
from tidewaiter.sources.lists.us_csl import UsCslReader
from tidewaiter.sources.plain import PlainReader
from tidewaiter.sources.press.articles import ArticleReader
from tidewaiter.sources.reader import FileHead, Reader
from tidewaiter.sources.registries.bods import BodsReader
from tidewaiter.sources.registries.gleif_exceptions import GleifExceptionsReader
from tidewaiter.sources.registries.gleif_lei import GleifLeiReader
from tidewaiter.sources.registries.gleif_relations import GleifRelationsReader
from tidewaiter.sources.registries.icij_offshore import IcijOffshoreReader
from tidewaiter.sources.registries.uk_companies import UkCompaniesReader
from tidewaiter.sources.registries.uk_psc import UkPscReader
from tidewaiter.sources.statistics.baci import BaciReader
from tidewaiter.sources.statistics.comext import ComextReader
from tidewaiter.sources.statistics.comtrade import ComtradeReader
from tidewaiter.sources.statistics.eu_hs6_measures import EuHs6MeasuresReader
from tidewaiter.sources.statistics.hs_codes import HsCodesReader
from tidewaiter.sources.statistics.hs_concordance import HsConcordanceReader
from tidewaiter.sources.statistics.national_tables import NationalTablesReader
from tidewaiter.sources.statistics.research_results import ResearchResultsReader
from tidewaiter.sources.statistics.sdmx_csv import SdmxCsvReader
from tidewaiter.sources.statistics.uk_smke19 import UkSmke19Reader
from tidewaiter.sources.statistics.us_census import UsCensusReader

__all__ = ["READERS", "SLUG", "case_name", "named", "recognise"]

READERS: tuple[Reader, ...] = (
    CaseReader(),
    EuJournalReader(),
    OfacCsvReader(),
    OfacAdvancedReader(),
    UsCslReader(),
    UnScReader(),
    EuFsfReader(),
    ChSecoReader(),
    UkListReader(),
    UkConlistReader(),
    OpenSanctionsEntitiesReader(),
    OpenSanctionsSimpleReader(),
    OpenSanctionsStatementsReader(),
    OpenSanctionsIndexReader(),
    OpenSanctionsDeltaReader(),
    JpMetiReader(),
    UaNsdcReader(),
    UaWarSanctionsReader(),
    UkCompaniesReader(),
    UkPscReader(),
    BodsReader(),
    HsCodesReader(),
    HsConcordanceReader(),
    EuHs6MeasuresReader(),
    ResearchResultsReader(),
    NationalTablesReader(),
    KoreaCustomsReader(),
    ComextReader(),
    ComtradeReader(),
    BaciReader(),
    SdmxCsvReader(),
    UsCensusReader(),
    UkSmke19Reader(),
    GleifLeiReader(),
    GleifRelationsReader(),
    GleifExceptionsReader(),
    IcijOffshoreReader(),
    ArticleReader(),
    DesignationsReader(),
    PlainReader("companies"),
    PlainReader("people"),
    PlainReader("roles"),
    PlainReader("stakes"),
    PlainReader("name_history"),
    PlainReader("declarations"),
    PlainReader("movements"),
    PlainReader("documents"),
    PlainReader("payments"),
    PlainReader("rates"),
    PlainReader("adjudications"),
    PlainReader("flows"),
)


def recognise(head: FileHead) -> Reader | None:
    """The reader that knows a file, if any does."""
    return next((reader for reader in READERS if reader.recognises(head)), None)


def named(name: str) -> Reader:
    """The reader called ``name``."""
    for reader in READERS:
        if reader.name == name:
            return reader
    raise MissingError(
        f"no format is called {name!r}",
        where="--source",
        next_step=f"known formats: {', '.join(reader.name for reader in READERS)}",
    )
