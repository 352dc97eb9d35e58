"""Topics of Vietnamese comments: spelling, negation, wishes, extension, agreement with hand coding."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_analysis import InvalidCountsError, wilson
from survey_analysis.text import (
    Agreement,
    DictionaryError,
    agreement,
    classify,
    count_topics,
    find_mentions,
    load_dictionary,
    normalise,
    strip_marks,
)
from survey_analysis.text.dictionary import GAP, vocabulary
from tests.unit.survey_analysis.text.comments import (
    HALVES,
    labelled,
    sample_labelled,
    topic_agreement,
)

LOW = ["cho_lau", "kho_tim_quay", "kho_truc_tuyen", "bo_sung_nhieu", "giay_to_ruom_ra", "huong_dan_kho_hieu", "thai_do", "giai_thich_chua_ro", "goi_y_tien_qua", "tre_hen", "sai_sot", "gop_y_khong_tra_loi"]
HIGH = ["noi_cho_thuan_tien", "de_tra_cuu", "giay_to_gon", "huong_dan_ro", "lich_su", "tan_tinh", "thanh_thao", "dung_som_hen", "chinh_xac", "gop_y_duoc_tra_loi"]


@pytest.mark.parametrize(("typed", "spelled"), [
    ("hoà nhã", "hòa nhã"), ("thuỷ", "thủy"), ("khoẻ", "khỏe"), ("qúa", "quá"), ("gìơ", "giờ"),
    ("kĩ càng", "kỹ càng"), ("lí do", "lý do"), ("quí", "quý"), ("ngoài", "ngoài"), ("huỳnh", "huỳnh"),
    ("LÂUUUU", "lâu"), ("thuế", "thuế"), ("hoản", "hoản"), ("hoàn", "hoàn"), ("ðược", "ðược"),
    ("giúp", "giúp"), ("gì", "gì"), ("khuya", "khuya"), ("khuỷu", "khuỷu"),
])
def test_each_word_has_one_spelling(typed: str, spelled: str) -> None:
    assert normalise(typed) == normalise(spelled)
    assert normalise(normalise(typed)) == normalise(typed)


def test_the_spelling_is_the_traditional_one() -> None:
    assert normalise("Hoà thuỷ khoẻ lí kĩ TOÀN") == "hòa thủy khỏe lý kỹ toàn"
    assert strip_marks("Đường dây nóng") == "Duong day nong"


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing_and_no_text_breaks_it(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    for mention in find_mentions(text):
        assert 0 <= mention.start < mention.end <= len(unicodedata.normalize("NFC", text))
        assert mention.polarity in (-1, 1)


def test_the_topics_are_the_reason_codes() -> None:
    assert sorted(load_dictionary().topics) == sorted(LOW + HIGH)


@pytest.mark.parametrize(("text", "topics"), [
    ("không phải chờ lâu", {"cho_lau": 1}),
    ("ko phải đợi", {"cho_lau": 1}),
    ("đợi ở ngoài cho mát", {}),
    ("chờ lâu", {"cho_lau": -1}),
    ("CHỜ LÂUUU QUÁ", {"cho_lau": -1}),
    ("cho lau qua", {"cho_lau": -1}),
    ("không hiểu sao chờ lâu thế", {"cho_lau": -1}),
    ("không chỉ chờ lâu mà còn trễ hẹn", {"cho_lau": -1, "tre_hen": -1}),
    ("cán bộ không hề hách dịch", {"thai_do": 1}),
    ("cán bộ chưa lịch sự", {"thai_do": -1}),
    ("hết sức nhiệt tình", {"tan_tinh": 1}),
    ("không nhiệt tình", {"thai_do": -1}),
    ("mong cán bộ lịch sự hơn", {"thai_do": -1}),
    ("mong tiếp tục giữ vững thái độ tốt", {"lich_su": 1}),
    ("đề nghị không để dân chờ lâu", {"cho_lau": -1}),
    ("hệ thống lỗi nên chờ lâu", {"kho_truc_tuyen": -1, "cho_lau": -1}),
    ("chờ lâu nhưng cán bộ nhiệt tình", {"cho_lau": -1, "tan_tinh": 1}),
    ("cho lau qua, nhung can bo lich su", {"cho_lau": -1, "lich_su": 1}),
    ("can bo nhiet tinh", {"tan_tinh": 1}),
    ("không đúng hẹn", {"tre_hen": -1}),
    ("không chờ lâu, cán bộ lịch sự", {"cho_lau": 1, "lich_su": 1}),
    ("tôi không có việc gì. Chờ lâu", {"cho_lau": -1}),
    ("", {}), ("   ", {}), ("👍👍", {}), ("...", {}), ("không", {}),
])
def test_negation_wishes_and_clauses(text: str, topics: dict[str, int]) -> None:
    assert classify(text) == topics
    assert classify(unicodedata.normalize("NFD", text)) == topics


def test_the_negation_reaches_three_words_and_no_further() -> None:
    assert classify("không a b cán bộ hách dịch") == {"thai_do": -1}
    assert classify("không ai a hách dịch") == {"thai_do": 1}


def test_an_ambiguous_phrase_counts_only_with_its_marks() -> None:
    """“gat” may be gắt or gặt, “cham so” no more than two words."""
    assert classify("nhân viên gắt") == {"thai_do": -1}
    assert classify("nhan vien gat") == {}


@pytest.mark.parametrize("phrase", [
    p for p in vocabulary(load_dictionary()) if GAP not in p.words and p.polarity
][::7])
def test_a_phrase_of_the_dictionary_is_found_as_it_stands(phrase: object) -> None:
    assert classify(" ".join(phrase.words)).get(phrase.topic) == phrase.polarity  # type: ignore[attr-defined]


def test_strength_follows_intensifiers() -> None:
    strengths = [find_mentions(t)[0].strength for t in ("hơi lịch sự", "lịch sự", "rất lịch sự")]
    assert strengths == sorted(strengths)
    assert len(set(strengths)) == 3


def test_a_further_file_extends_and_overrules(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "topics:\n  bai_do_xe:\n    factor: tiep_can\n    bad: [hết chỗ gửi xe, phải đứng]\n"
        "remove: [chờ lâu]\nretired: [tan_tinh]\n", "utf-8",
    )
    own = load_dictionary([path])
    assert classify("Hết chỗ gửi xe, phải đứng", own) == {"bai_do_xe": -1}
    assert classify("chờ lâu", own) == {}
    assert classify("nhiệt tình", own) == {}
    assert "tan_tinh" not in {row.topic for row in count_topics(["nhiệt tình"], own)}
    assert classify("chờ lâu") == {"cho_lau": -1}


@pytest.mark.parametrize(("content", "said"), [
    ("topics: [a]", "topics: a mapping"),
    ("topics:\n  x:\n    good: yes", "topics.x.good: a list"),
    ("topics:\n  x:\n    god: [a]", "topics.x: only"),
    ("topics:\n  x:\n    good: ['* a']", "must begin and end with a word"),
    ("topics:\n  x:\n    opposite: nowhere", "nowhere is no topic"),
    ("colours: {}", "unknown key colours"),
    ("intensifiers:\n  rất: 0", "a number above 0"),
    ("topics: {", "line"),
    ("- a", "a mapping"),
])
def test_a_bad_file_is_refused_with_its_place(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(DictionaryError, match=said):
        load_dictionary([path])
    with pytest.raises(DictionaryError, match="cannot be read"):
        load_dictionary([tmp_path / "none.yaml"])


def test_counts_are_of_comments_with_wilson_intervals() -> None:
    rows = {r.topic: r for r in count_topics(["chờ lâu, đợi lâu", "không chờ lâu", " ", "tốt"])}
    row = rows["cho_lau"]
    assert (row.good, row.bad, row.n) == (1, 1, 3)
    assert row.share_bad == wilson(1, 3)
    assert (rows["lich_su"].good, rows["lich_su"].bad) == (0, 0)


def test_without_comments_there_is_no_share() -> None:
    assert all(r.n == 0 and r.share_good is None for r in count_topics([]))
    assert len(count_topics([])) == len(LOW + HIGH)


def test_the_set_is_large_enough_and_split() -> None:
    assert sum(len(labelled(half)) for half in HALVES) >= 300
    assert min(len(labelled(half)) for half in HALVES) >= 150


@pytest.mark.parametrize("half", HALVES)
def test_precision_and_recall_of_topics(half: str) -> None:
    rows = topic_agreement(labelled(half))
    true, extra, missed = (sum(getattr(r, f) for r in rows) for f in ("true", "extra", "missed"))
    assert true / (true + extra) >= 0.9
    assert true / (true + missed) >= 0.9


def test_words_that_the_dictionary_lacks_cost_recall_more_than_precision() -> None:
    """Written when the dictionary was finished: the page tells these figures, none is hidden."""
    rows = topic_agreement(labelled("afterwards"))
    true, extra, missed = (sum(getattr(r, f) for r in rows) for f in ("true", "extra", "missed"))
    assert len(labelled("afterwards")) >= 90
    assert true / (true + extra) >= 0.8
    assert true / (true + missed) >= 0.4


def test_no_topic_in_use_has_a_kappa_below_seven_tenths() -> None:
    for comments in (labelled("held_back"), sample_labelled()):
        assert [r.label for r in topic_agreement(comments) if r.retired] == []


@settings(max_examples=50)
@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(1, 50))
def test_kappa_is_cohens(true: int, extra: int, missed: int, neither: int) -> None:
    import numpy as np
    from statsmodels.stats.inter_rater import cohens_kappa

    row = Agreement("x", true, extra, missed, true + extra + missed + neither)
    if row.kappa is not None:
        oracle = cohens_kappa(np.array([[true, extra], [missed, neither]]), return_results=False)
        assert row.kappa == pytest.approx(float(oracle), abs=1e-9)


def test_the_other_polarity_is_an_error_on_both_sides() -> None:
    row = agreement([{"a": 1}], [{"a": -1}], ["a"])[0]
    assert (row.true, row.extra, row.missed) == (0, 1, 1)
    with pytest.raises(InvalidCountsError):
        agreement([], [], ["a"])
    with pytest.raises(InvalidCountsError):
        agreement([{}], [], ["a"])
