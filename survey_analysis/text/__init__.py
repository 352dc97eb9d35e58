"""Vietnamese comments, offline: topics with polarity, keyness, masking of personal data."""

from __future__ import annotations

from survey_analysis.text.agreement import Agreement, agreement
from survey_analysis.text.dictionary import Dictionary, DictionaryError, load_dictionary
from survey_analysis.text.keyness import Keyness, keyness, log_likelihood, weighted_log_odds
from survey_analysis.text.masking import Masked, Span, find_personal_data, mask, mask_all
from survey_analysis.text.normalise import normalise, strip_marks
from survey_analysis.text.topics import Mention, TopicCount, classify, count_topics, find_mentions

__all__ = [
    "Agreement", "Dictionary", "DictionaryError", "Keyness", "Masked", "Mention", "Span",
    "TopicCount", "agreement", "classify", "count_topics", "find_mentions", "find_personal_data",
    "keyness", "load_dictionary", "log_likelihood", "mask", "mask_all", "normalise", "strip_marks",
    "weighted_log_odds",
]
