"""Texts of the charts; Vietnamese unless another set is passed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What stands in charts and their text alternatives; braces are filled in.

    ``decimal`` and ``thousands`` are the marks in numbers.
    """

    decimal: str = ","
    thousands: str = "."
    hidden: str = "ẩn"
    n: str = "n = {n}"
    period: str = "Kỳ"
    share: str = "Tỷ lệ hài lòng"
    low: str = "Cận dưới"
    high: str = "Cận trên"
    count: str = "Số lượt"
    unit: str = "Đối tượng"
    mean: str = "Trung bình {value}"
    random_band: str = "Dải dao động\nngẫu nhiên"
    interval_band: str = "Khoảng\ntin cậy 95%"
    below: str = "{label}: {value}, dưới giới hạn"
    above: str = "{label}: {value}, trên giới hạn"
    target: str = "mục tiêu {value}"
    trend_alt: str = "Biểu đồ kiểm soát {k} kỳ, trung bình {mean}. {outside}"
    course_alt: str = "{k} kỳ, trung bình {mean}. {points}."
    none_outside: str = "Không kỳ nào ngoài giới hạn."
    some_outside: str = "Ngoài giới hạn: {labels}."
    too_few: str = "Chưa đủ lượt để vẽ."
    funnel_x: str = "Số lượt đánh giá"
    funnel_all: str = "Mức chung {value}"
    funnel_limit: str = "giới hạn 99,8%"
    funnel_review: str = "{label} · cần xem lại"
    funnel_alt: str = "{k} đối tượng so với mức chung {mean}; {outside} ngoài giới hạn 99,8%{names}."
    status: str = "Nhận xét"
    outside_limits: str = "ngoài giới hạn"
    within_limits: str = "trong giới hạn"
    whisker_alt: str = "{k} dòng, mức chung {mean}. {rows}"
    whisker_row: str = "{label} {value} (từ {low} đến {high}, n = {n})"
    levels: tuple[str, str, str, str, str] = (
        "Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng",
    )
    levels_alt: str = "{label}: {parts}."
    weekdays: tuple[str, ...] = ("Thứ 2", "Thứ 3", "Thứ 4", "Thứ 5", "Thứ 6", "Thứ 7", "CN")
    weekday: str = "Thứ"
    all_days: str = "Cả tuần"
    heat_lower: str = "thấp hơn"
    heat_even: str = "quanh mức chung {value}"
    heat_higher: str = "cao hơn, đã trừ dao động ngẫu nhiên"
    hour: str = "Giờ"
    heat_alt: str = "Tỷ lệ hài lòng theo thứ và giờ. Thấp nhất: {lowest}. Cao nhất: {highest}."
    heat_cell: str = "{day} lúc {hour} ({value}, n = {n})"
    reason: str = "Lý do"
    factor: str = "Nhóm"
    cumulative: str = "cộng dồn"
    other_reasons: str = "Lý do khác ({k} loại)"
    pareto_alt: str = "{total} lượt nêu lý do. {top} lý do đầu chiếm {share}: {names}."
    event_y: str = "Chênh lệch so với nhóm chưa học (điểm %)"
    event_reference: str = "mốc"
    event_left_out: str = "tháng chọn người"
    event_point: str = "{value} điểm %"
    event_range: str = "từ {low} đến {high}"
    event_unsure: str = "Chưa thể kết luận"
    event_none: str = "Không thấy thay đổi"
    event_time: str = "{t} tháng"
    event_time_label: str = "Tháng so với lớp học"
    event_zero: str = "tháng lớp học"
    effect: str = "Chênh lệch (điểm %)"
    event_alt: str = "Trước lớp {pre}. Sau lớp trung bình {value} điểm %, khoảng 95% từ {low} đến {high}: {verdict}."
    event_flat: str = "các khoảng đều chứa 0"
    event_not_flat: str = "{k} khoảng không chứa 0"
    event_up: str = "cao hơn"
    event_down: str = "thấp hơn"
    coverage: str = "Độ phủ"
    rated: str = "Đã đánh giá"
    eligible: str = "Hồ sơ đủ điều kiện"
    coverage_alt: str = "Độ phủ của {k} đối tượng, từ {low} đến {high}.{below}"
    coverage_below: str = " Dưới mục tiêu {target}: {names}."
    before: str = "Trước"
    after: str = "Sau"
    points: str = "{value} điểm"
    mean_before: str = "trung bình trước"
    mean_after: str = "trung bình sau"
    lower_after: str = "{k} người giảm điểm"
    slope_alt: str = "{k} người: trung bình {before} lên {after}; {up} người không giảm, {down} người giảm."
    participant: str = "Học viên"
    days: str = "Số ngày làm việc từ tiếp nhận đến trả kết quả"
    day: str = "Ngày"
    dossiers: str = "Hồ sơ"
    committed: str = "Hạn theo quy trình: {k} ngày"
    statutory: str = "Hạn theo quy định: {k} ngày"
    over: str = "{n} hồ sơ quá {k} ngày"
    time_alt: str = "{n} hồ sơ; {over} quá hạn cam kết {k} ngày."

    def number(self, value: float, digits: int = 1) -> str:
        """1234.5 as ``1.234,5`` in Vietnamese; a true minus sign."""
        text = f"{value:,.{digits}f}"
        if float(text.replace(",", "")) == 0:
            text = text.lstrip("-")
        swapped = text.replace(",", "\0").replace(".", self.decimal).replace("\0", self.thousands)
        return swapped.replace("-", "−")

    def percent(self, share: float, digits: int = 1) -> str:
        """0.938 as ``93,8%``."""
        return f"{self.number(100 * share, digits)}%"

    def signed(self, value: float, digits: int = 1) -> str:
        """With its sign; zero has none."""
        text = self.number(value, digits)
        return f"+{text}" if value > 0 and text.strip("0.,") else text


VIETNAMESE = Words()
ENGLISH = Words(
    decimal=".", thousands=",", hidden="hidden", period="Period", share="Share satisfied", low="Low",
    high="High", count="Ratings", unit="Subject", mean="Average {value}",
    random_band="Range of\nchance", interval_band="95%\ninterval", below="{label}: {value}, below the limit",
    above="{label}: {value}, above the limit", target="target {value}",
    trend_alt="Control chart of {k} periods, average {mean}. {outside}",
    course_alt="{k} periods, average {mean}. {points}.",
    none_outside="No period outside the limits.", some_outside="Outside the limits: {labels}.",
    too_few="Too few ratings to draw.", funnel_x="Ratings", funnel_all="Overall {value}",
    funnel_limit="99.8% limit", funnel_review="{label} · to review",
    funnel_alt="{k} subjects against the overall share {mean}; {outside} outside the 99.8% limits{names}.",
    status="Remark", outside_limits="outside limits", within_limits="within limits",
    whisker_alt="{k} rows, overall {mean}. {rows}",
    whisker_row="{label} {value} (from {low} to {high}, n = {n})",
    levels=("Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"),
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), weekday="Day", hour="Hour",
    all_days="All days", heat_lower="lower", heat_even="about the overall {value}",
    heat_higher="higher, chance taken off",
    heat_alt="Share satisfied by weekday and hour. Lowest: {lowest}. Highest: {highest}.",
    heat_cell="{day} at {hour} ({value}, n = {n})", reason="Reason", factor="Factor",
    cumulative="cumulative", other_reasons="Other reasons ({k} kinds)",
    pareto_alt="{total} reasons given. The first {top} make up {share}: {names}.",
    event_y="Difference from those not yet trained (points)", event_reference="base", event_left_out="month of choice",
    event_point="{value} points", event_range="from {low} to {high}", event_unsure="Cannot tell yet", event_none="No change shown",
    event_time="{t} months", event_time_label="Month relative to the class", event_zero="month of class",
    effect="Difference (points)",
    event_alt="Before the class {pre}. After it {value} points on average, 95% interval {low} to {high}: {verdict}.",
    event_flat="every interval contains 0", event_not_flat="{k} intervals do not contain 0",
    event_up="higher", event_down="lower", coverage="Coverage", rated="Rated",
    eligible="Eligible dossiers", coverage_alt="Coverage of {k} subjects, from {low} to {high}.{below}",
    coverage_below=" Below the target of {target}: {names}.", before="Before", after="After",
    points="{value} points", mean_before="average before", mean_after="average after",
    lower_after="{k} scored lower",
    slope_alt="{k} people: average {before} to {after}; {up} did not fall, {down} fell.",
    participant="Participant", days="Working days from reception to result", day="Day",
    dossiers="Dossiers", committed="Committed: {k} days", statutory="Statutory: {k} days",
    over="{n} dossiers over {k} days", time_alt="{n} dossiers; {over} over the committed {k} days.",
)
