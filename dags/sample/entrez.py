"""What the E-utilities answer for PubMed, from a world: searches, their history, records. It speaks no HTTP.

Forms and quirks: https://www.ncbi.nlm.nih.gov/books/NBK25499/, as of 2026.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from dags.sample.essie import QueryError, Window, find_articles
from dags.sample.faults import Reply
from dags.sample.replies import build_json, build_xml
from dags.sample.world import World
from models.expression import Term

_ESEARCH_PARAMETERS = {"db", "term", "retmode", "usehistory", "retmax", "retstart", "datetype", "mindate", "maxdate"}
_CALLER_PARAMETERS = {"tool", "email", "api_key"}
_DEFAULT_IDS, _MOST_IDS, _LARGEST_FETCH = 20, 9999, 10_000
_XML = '<?xml version="1.0" encoding="UTF-8" ?>\n'
_ESEARCH_DOCTYPE = (
    '<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" '
    '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
)
_ARTICLES_HEAD = (
    b'<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    b'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n'
)


class Entrez:
    """The E-utilities' answers for db=pubmed. Not safe for threads: one request at a time."""

    def __init__(self, world: World) -> None:
        self.searches: dict[str, list[str]] = {}
        self._world = world

    def search(self, params: Mapping[str, str]) -> Reply:
        """Answer esearch; an error stands inside a 200, as NCBI has it."""
        is_json = params.get("retmode", "xml") == "json"
        try:
            result = self._search(params)
        except QueryError as error:
            result = {"ERROR": str(error)}
        if is_json:
            return build_json({"header": {"type": "esearch", "version": "0.3"}, "esearchresult": result})
        return build_xml(200, _XML + _ESEARCH_DOCTYPE + _render_search(result))

    def fetch(self, params: Mapping[str, str]) -> Reply:
        """Answer efetch; ids that are not served are simply not among the records."""
        try:
            start = _parse_count(params, "retstart", 0)
            count = min(_parse_count(params, "retmax", _LARGEST_FETCH), _LARGEST_FETCH)
            pmids = self._find_wanted(params)
        except QueryError as error:
            return build_xml(400, f"{_XML}<eFetchResult>\n\t<ERROR>{escape(str(error))}</ERROR>\n</eFetchResult>\n")
        served = self._world.articles
        wanted = [served[pmid].revision.xml for pmid in pmids[start : start + count] if pmid in served]
        return Reply(
            200,
            "text/xml; charset=UTF-8",
            _ARTICLES_HEAD + b"".join(xml + b"\n" for xml in wanted) + b"</PubmedArticleSet>",
        )

    def _search(self, params: Mapping[str, str]) -> dict[str, Any]:
        unknown = sorted(params.keys() - _ESEARCH_PARAMETERS - _CALLER_PARAMETERS)
        if unknown:
            raise QueryError(f"{unknown[0]} is not understood here")
        _require_pubmed(params)
        start, count = _parse_count(params, "retstart", 0), _parse_count(params, "retmax", _DEFAULT_IDS)
        articles, missing = find_articles(self._world, params.get("term", ""), _parse_window(params))
        is_beyond = len(articles) > _MOST_IDS and start + count > _MOST_IDS
        if start >= _MOST_IDS or is_beyond:
            raise QueryError(
                "Search Backend failed: Exception:\n'retstart' cannot be larger than 9998. "
                "For PubMed, ESearch can only retrieve the first 9,999 records matching the query."
            )
        pmids = [article.pmid for article in articles]
        page = pmids[start : start + count]
        result: dict[str, Any] = {"count": str(len(pmids)), "retmax": str(len(page)), "retstart": str(start)}
        if params.get("usehistory") == "y":
            web_environment = f"MCID_{secrets.token_hex(12)}"
            self.searches[web_environment] = pmids[:_MOST_IDS]
            result |= {"querykey": "1", "webenv": web_environment}
        result |= {"idlist": page, "translationset": [], "querytranslation": params.get("term", "")}
        return result | _build_warnings(missing, is_empty=not pmids)

    def _find_wanted(self, params: Mapping[str, str]) -> list[str]:
        _require_pubmed(params)
        if params.get("retmode") != "xml":
            raise QueryError("only retmode=xml is served here")
        if "id" in params:
            return [pmid.strip() for pmid in params["id"].split(",")]
        if "WebEnv" not in params or "query_key" not in params:
            raise QueryError("Neither query_key nor id specified")
        if params["query_key"] != "1" or params["WebEnv"] not in self.searches:
            raise QueryError(f"Unable to obtain query #{params['query_key']}")
        return self.searches[params["WebEnv"]]


def _parse_count(params: Mapping[str, str], name: str, default: int) -> int:
    text = params.get(name, str(default))
    if not text.isdecimal():
        raise QueryError(f"{name} is no count: {text}")
    return int(text)


def _require_pubmed(params: Mapping[str, str]) -> None:
    if params.get("db") != "pubmed":
        raise QueryError(f"Invalid db name specified: {params.get('db', '')}")


def _parse_window(params: Mapping[str, str]) -> Window | None:
    first, last = params.get("mindate"), params.get("maxdate")
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise QueryError("mindate and maxdate must be given together")
    try:
        days = [dt.datetime.strptime(text, "%Y/%m/%d").replace(tzinfo=dt.UTC).date() for text in (first, last)]
    except ValueError as error:
        raise QueryError(f"dates are YYYY/MM/DD here: {first}, {last}") from error
    match params.get("datetype"):
        case "edat" | "crdt" | "mdat" as datetype:
            return Window(datetype, *days)
        case other:
            raise QueryError(f"datetype must be edat, crdt or mdat here, not {other}")


def _build_warnings(missing: Iterable[Term], *, is_empty: bool) -> dict[str, Any]:
    """Name the phrases found nowhere: an error list where nothing was found at all, else a warning."""
    phrases = [f'"{term.text}"[{term.tag}]' for term in missing]
    if is_empty:
        return {
            "errorlist": {"phrasesnotfound": phrases, "fieldsnotfound": []},
            "warninglist": {"phrasesignored": [], "quotedphrasesnotfound": [], "outputmessages": ["No items found."]},
        }
    if phrases:
        return {"warninglist": {"phrasesignored": [], "quotedphrasesnotfound": phrases, "outputmessages": []}}
    return {}


def _render_search(result: Mapping[str, Any]) -> str:
    if "ERROR" in result:
        return f"<eSearchResult><ERROR>{escape(result['ERROR'])}</ERROR></eSearchResult>\n"
    names = {"count": "Count", "retmax": "RetMax", "retstart": "RetStart", "querykey": "QueryKey", "webenv": "WebEnv"}
    parts = [f"<{tag}>{result[name]}</{tag}>" for name, tag in names.items() if name in result]
    parts.append("<IdList>\n" + "".join(f"<Id>{pmid}</Id>\n" for pmid in result["idlist"]) + "</IdList>")
    parts.append(f"<TranslationSet/><QueryTranslation>{escape(result['querytranslation'])}</QueryTranslation>")
    if "errorlist" in result:
        phrases = result["errorlist"]["phrasesnotfound"]
        found = "".join(f"<PhraseNotFound>{escape(phrase)}</PhraseNotFound>" for phrase in phrases)
        parts.append(f"<ErrorList>{found}</ErrorList>")
    if "warninglist" in result:
        phrases, said = (result["warninglist"][name] for name in ("quotedphrasesnotfound", "outputmessages"))
        quoted = "".join(f"<QuotedPhraseNotFound>{escape(phrase)}</QuotedPhraseNotFound>" for phrase in phrases)
        messages = "".join(f"<OutputMessage>{escape(message)}</OutputMessage>" for message in said)
        parts.append(f"<WarningList>{quoted}{messages}</WarningList>")
    return f"<eSearchResult>{''.join(parts)}</eSearchResult>\n"
