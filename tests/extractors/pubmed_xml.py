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
# One record with something in every field that the warehouse has a column for.
EVERY_FIELD = """<PubmedArticle><MedlineCitation><PMID Version="1">99000060</PMID>
<DateRevised><Year>2031</Year><Month>02</Month><Day>03</Day></DateRevised>
<Article><Journal><JournalIssue><PubDate><MedlineDate>1998 Dec-1999 Jan</MedlineDate></PubDate></JournalIssue>
<Title>Journal of Samples</Title></Journal><ArticleTitle>[A sample.]</ArticleTitle>
<Abstract><AbstractText Label="AIMS" NlmCategory="OBJECTIVE">One.</AbstractText></Abstract>
<AuthorList><Author><LastName>Muster</LastName><ForeName>Eva</ForeName><Initials>E</Initials><Suffix>Jr</Suffix>
<Identifier Source="ORCID">https://orcid.org/0000-0001-0000-000x</Identifier>
<AffiliationInfo><Affiliation>First Place.</Affiliation><Identifier Source="RINGGOLD">9</Identifier></AffiliationInfo>
<AffiliationInfo><Affiliation>Second
  Place.</Affiliation></AffiliationInfo></Author>
<Author><CollectiveName>Sample Group</CollectiveName></Author></AuthorList><Language>ger</Language>
<GrantList><Grant><GrantID>R99 CA990001</GrantID><Acronym>CA</Acronym><Agency>NCI NIH HHS</Agency>
<Country>United States</Country></Grant><Grant><Agency>Sample Trust</Agency><Country/></Grant></GrantList>
<VernacularTitle>Ein Muster.</VernacularTitle></Article>
<ChemicalList><Chemical><RegistryNumber>0</RegistryNumber><NameOfSubstance UI="D906">Antibodies</NameOfSubstance>
</Chemical><Chemical><RegistryNumber>99AB99CD99</RegistryNumber><NameOfSubstance UI="C99">Samplemab</NameOfSubstance>
</Chemical></ChemicalList>
<MeshHeadingList><MeshHeading><DescriptorName UI="D1" MajorTopicYN="N">Humans</DescriptorName>
<QualifierName UI="Q1" MajorTopicYN="Y">blood</QualifierName></MeshHeading></MeshHeadingList>
<OtherAbstract Type="Publisher" Language="spa"><AbstractText>Uno</AbstractText><AbstractText>dos</AbstractText>
</OtherAbstract>
<KeywordList Owner="NOTNLM"><Keyword>LAG-3</Keyword></KeywordList>
<KeywordList Owner="NLM"><Keyword>TIGIT</Keyword></KeywordList></MedlineCitation></PubmedArticle>"""
