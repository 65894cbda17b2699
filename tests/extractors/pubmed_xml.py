"""PubMed records written for the tests. Their ids cannot be real: PMID 99xxxxxx, NCT99xxxxxx."""

from __future__ import annotations

DOCTYPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN"'
    ' "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)


def write_set(*records: str) -> bytes:
    return f"{DOCTYPE}<PubmedArticleSet>{''.join(records)}</PubmedArticleSet>".encode()


def write_citation(pmid: str = "99000001", inside_article: str = "", beside_article: str = "", version: int = 1) -> str:
    return (
        f'<MedlineCitation Status="MEDLINE"><PMID Version="{version}">{pmid}</PMID>'
        "<Article><Journal><JournalIssue><PubDate><Year>2031</Year></PubDate></JournalIssue>"
        f"<Title>Journal of Samples</Title></Journal>{inside_article}</Article>{beside_article}</MedlineCitation>"
    )


def write_article(
    pmid: str = "99000001", inside_article: str = "", beside_article: str = "", data: str = "", version: int = 1
) -> str:
    citation = write_citation(pmid, inside_article, beside_article, version)
    return f"<PubmedArticle>{citation}<PubmedData>{data}</PubmedData></PubmedArticle>"


def write_abstract(text: str) -> str:
    return f"<Abstract><AbstractText>{text}</AbstractText></Abstract>"


BOOK_CHAPTER = """<PubmedBookArticle><BookDocument><PMID Version="1">99000050</PMID>
<ArticleIdList><ArticleId IdType="doi">10.9999/chapter</ArticleId></ArticleIdList>
<Book><Publisher><PublisherName>Sample Press</PublisherName></Publisher>
<BookTitle>The Book of Samples</BookTitle><PubDate><Year>2030</Year><Month>03</Month></PubDate>
<AuthorList Type="editors"><Author><LastName>Editor</LastName></Author></AuthorList></Book>
<ArticleTitle>Checkpoint samples</ArticleTitle><Language>eng</Language>
<AuthorList Type="authors"><Author><LastName>Chapter</LastName><ForeName>Ada</ForeName></Author></AuthorList>
<PublicationType>Review</PublicationType>
<Abstract><AbstractText>A chapter about NCT99000050.</AbstractText></Abstract></BookDocument>
<PubmedBookData><History><PubMedPubDate PubStatus="entrez"><Year>2030</Year><Month>4</Month><Day>2</Day>
</PubMedPubDate></History></PubmedBookData></PubmedBookArticle>"""
WHOLE_BOOK = """<PubmedBookArticle><BookDocument><PMID>99000051</PMID><Book><BookTitle>All Samples</BookTitle>
<PubDate><Year>2029</Year></PubDate><AuthorList Type="authors"><Author><CollectiveName>The Sample Group
</CollectiveName></Author></AuthorList></Book></BookDocument></PubmedBookArticle>"""
