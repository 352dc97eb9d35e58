"""A column of the matrix works equal standings out once, and is what each officer's own would be."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.training import requirements
from kiosk_app.training.requirements import CourseTerms, Exemption, standing

TODAY = date(2019, 1, 15)
DAYS = st.one_of(st.none(), st.dates(date(2016, 1, 1), TODAY))
FREE = st.one_of(st.none(), st.builds(Exemption, st.just("thai sản"), st.dates(date(2018, 6, 1), date(2019, 6, 1))))
PEOPLE = st.lists(st.tuples(st.sampled_from([(1, None), (1, 2), (3, None)]), DAYS, FREE), max_size=30)


@given(PEOPLE, st.sampled_from([None, 1, 12, 24]), st.sets(st.sampled_from([(1, None), (1, 2), (3, None)])))
def test_a_column_is_what_each_standing_is(people, months, posts) -> None:
    course = CourseTerms(7, "KH-07", "Giao tiếp", months, ())
    groups: dict[tuple[int, int | None], list[int]] = {}
    for n, (post, _, _) in enumerate(people):
        groups.setdefault(post, []).append(n)
    found = requirements.column(
        course, groups, {post: post in posts for post in groups},
        {n: post in posts for n, (post, day, free) in enumerate(people) if day or free},
        {n: day for n, (_, day, _) in enumerate(people) if day},
        {n: free for n, (_, _, free) in enumerate(people) if free}, TODAY,
    )
    assert found == {
        n: standing(day, months, free, required=post in posts, today=TODAY)
        for n, (post, day, free) in enumerate(people)
    }
