"""Sentences of the report in plain words, Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from survey_analysis.charts.words import ENGLISH, VIETNAMESE, Words


@dataclass(frozen=True)
class Texts:
    """Everything a reader sees; ``charts`` are the texts of the charts."""

    language: str
    charts: Words
    title: str
    made_of: str
    says: str
    headline: str
    no_headline: str
    mean: str
    change: Mapping[str, str]
    control: Mapping[str, str]
    subjects: str
    subjects_none: str
    subject_names: Mapping[str, str]
    adjusted: str
    unadjusted: str
    adjusters: Mapping[str, str]
    tiers: Mapping[str, str]
    reasons: str
    topics: str
    fields: Mapping[str, str]
    blank: str
    statements: Mapping[str, str]
    to_know: str
    how_to_read: str
    reading: str
    columns: Mapping[str, str]
    sheets: Mapping[str, str]
    charts_of: Mapping[str, str]
    reason_names: Mapping[str, str]
    factor_names: Mapping[str, str]
    files: str
    month: str
    week: str


REASONS_VI = {
    "cho_lau": "Chờ lâu", "kho_tim_quay": "Khó tìm quầy, thiếu chỗ ngồi",
    "kho_truc_tuyen": "Khó dùng dịch vụ trực tuyến", "bo_sung_nhieu": "Phải bổ sung nhiều lần",
    "giay_to_ruom_ra": "Giấy tờ rườm rà", "huong_dan_kho_hieu": "Hướng dẫn khó hiểu",
    "thai_do": "Thái độ chưa đúng mực", "giai_thich_chua_ro": "Giải thích chưa rõ",
    "tre_hen": "Trả kết quả trễ hẹn", "sai_sot": "Kết quả có sai sót",
    "gop_y_khong_tra_loi": "Góp ý không được trả lời", "noi_cho_thuan_tien": "Nơi chờ thuận tiện",
    "de_tra_cuu": "Dễ tra cứu", "giay_to_gon": "Giấy tờ gọn", "huong_dan_ro": "Hướng dẫn rõ",
    "lich_su": "Lịch sự", "tan_tinh": "Tận tình", "thanh_thao": "Thành thạo",
    "dung_som_hen": "Đúng hẹn, sớm hẹn", "chinh_xac": "Kết quả chính xác",
    "gop_y_duoc_tra_loi": "Góp ý được trả lời",
}
REASONS_EN = {
    "cho_lau": "Long wait", "kho_tim_quay": "Counter hard to find, too few seats",
    "kho_truc_tuyen": "Online service hard to use", "bo_sung_nhieu": "Repeated supplements",
    "giay_to_ruom_ra": "Too much paperwork", "huong_dan_kho_hieu": "Unclear instructions",
    "thai_do": "Improper manner", "giai_thich_chua_ro": "Poor explanation",
    "tre_hen": "Result late", "sai_sot": "Errors in the result",
    "gop_y_khong_tra_loi": "Feedback unanswered", "noi_cho_thuan_tien": "Pleasant waiting room",
    "de_tra_cuu": "Easy to look up", "giay_to_gon": "Little paperwork",
    "huong_dan_ro": "Clear instructions", "lich_su": "Polite", "tan_tinh": "Devoted",
    "thanh_thao": "Skilled", "dung_som_hen": "On time or early", "chinh_xac": "Result correct",
    "gop_y_duoc_tra_loi": "Feedback answered",
}
VI = Texts(
    language="vi", charts=VIETNAMESE, title="Kết quả đánh giá của người dân",
    made_of="Từ tệp {file}: {n} lượt đánh giá{span}.", says=", từ {first} đến {last}",
    headline="{share} hài lòng hoặc rất hài lòng (khoảng tin cậy 95% từ {low} đến {high}, n\u00a0=\u00a0{n}).",
    no_headline="Chưa đủ lượt đánh giá để nêu tỷ lệ: mới có {n}, cần ít nhất {least}.",
    mean="Mức trung bình {mean} trên 5 (từ {low} đến {high}).",
    change={
        "up": "Kỳ gần nhất ({last}) cao hơn kỳ trước {d} điểm % (từ {low} đến {high}).",
        "down": "Kỳ gần nhất ({last}) thấp hơn kỳ trước {d} điểm % (từ {low} đến {high}).",
        "unsure": "Kỳ gần nhất ({last}) so với kỳ trước: chưa thể kết luận có thay đổi ({d} điểm %, từ {low} đến {high}).",
    },
    control={
        "none": "So với 12 kỳ đầu, không kỳ nào vượt ra ngoài dao động ngẫu nhiên.",
        "some": "So với 12 kỳ đầu, ngoài dao động ngẫu nhiên: {labels}.",
    },
    subjects="So sánh {subject} {adjusted}: {below} thấp hơn rõ rệt{below_names}, {above} cao hơn rõ rệt{above_names}, "
             "{none} không thấy khác biệt, {few} chưa đủ lượt, {apart} không so sánh được.",
    subjects_none="Chưa {subject} nào đủ lượt để so sánh.",
    subject_names={"officer": "cán bộ", "counter": "quầy"},
    adjusted="trên hồ sơ cùng loại ({by})", unadjusted="chưa điều chỉnh theo loại hồ sơ",
    adjusters={"procedure": "thủ tục", "timeliness": "đúng hạn", "channel": "kênh"},
    tiers={
        "clearly_above": "cao hơn rõ rệt", "no_difference": "không thấy khác biệt",
        "clearly_below": "thấp hơn rõ rệt", "too_few": "chưa đủ lượt để kết luận",
        "not_comparable": "không so sánh được",
    },
    reasons="Lý do chưa hài lòng nêu nhiều nhất: {names}.",
    topics="Trong {n} góp ý bằng lời, hay nhắc nhất: {names}.",
    fields={
        "unit": "Đơn vị", "officer": "Cán bộ", "counter": "Quầy", "procedure": "Thủ tục",
        "field": "Lĩnh vực", "channel": "Kênh", "timeliness": "Thời hạn", "period": "Kỳ",
    },
    blank="(không ghi)",
    statements={
        "too_few": "Chỉ có {n} lượt: dưới {least} lượt thì không nêu tỷ lệ.",
        "levels_hidden": "Phân bố năm mức bị ẩn vì có mức quá ít lượt.",
        "rows_set_aside": "{k} dòng không có mức đánh giá đọc được nên để riêng (rows_set_aside.csv).",
        "dates_unread": "{k} ngày giờ không đọc được; các lượt đó vẫn tính vào tổng.",
        "no_time": "Không có cột thời gian: không vẽ diễn biến, thứ và giờ.",
        "no_unit": "Không có cột đơn vị.",
        "no_officer": "Không có cột cán bộ: không so sánh cán bộ.",
        "no_procedure": "Không có cột thủ tục: so sánh chưa điều chỉnh theo loại hồ sơ.",
        "no_reasons": "Không có cột lý do.", "no_comment": "Không có cột góp ý bằng lời.",
        "groups_hidden": "{k} nhóm bị ẩn vì quá ít lượt, hoặc để không suy ra được nhóm khác.",
        "reasons_hidden": "{k} lý do dưới {least} lượt không nêu.",
        "few_comments": "Dưới {least} góp ý bằng lời thì không thống kê.",
        "topics_least": "Chủ đề góp ý được nhận ra theo từ điển: số nêu là mức tối thiểu.",
        "repeated_cases": "{k} lượt lặp lại một mã hồ sơ; vẫn tính, khoảng tin cậy có thể hơi hẹp.",
        "no_coverage": "Tệp chỉ có người đã đánh giá: không biết bao nhiêu người im lặng, kết quả không thay cho mọi hồ sơ.",
    },
    to_know="Cần biết khi đọc", how_to_read="Cách đọc",
    reading="Tỷ lệ hài lòng là phần chọn mức 4 và 5. Khoảng tin cậy cho biết tỷ lệ thật có thể nằm ở đâu: "
            "khoảng rộng là ít lượt. Hai con số chỉ khác nhau khi báo cáo nói rõ. Không xếp hạng.",
    columns={
        "label": "Nhóm", "n": "Số lượt", "share": "Tỷ lệ hài lòng", "low": "Cận dưới 95%",
        "high": "Cận trên 95%", "adjusted": "Tỷ lệ trên hồ sơ cùng loại", "adjusted_low": "Cận dưới điều chỉnh",
        "adjusted_high": "Cận trên điều chỉnh", "tier": "Nhận xét", "reason": "Lý do", "count": "Số lượt nêu",
        "topic": "Chủ đề", "good": "Nói tốt", "bad": "Nói chưa tốt", "comments": "Số góp ý",
        "weekday": "Thứ", "hour": "Giờ", "row": "Dòng", "column": "Cột", "value": "Giá trị", "cure": "Cách sửa",
        "level": "Mức",
    },
    sheets={
        "total": "Tổng hợp", "period": "Theo kỳ", "reasons": "Lý do", "topics": "Góp ý", "cells": "Thứ và giờ",
        "notes": "Cách tính",
    },
    charts_of={
        "levels": "Phân bố năm mức", "trend": "Diễn biến", "heat": "Theo thứ và giờ", "reasons": "Lý do chưa hài lòng",
        "topics": "Chủ đề góp ý chưa tốt", "funnel": "Biểu đồ phễu", "unit": "Theo đơn vị", "officer": "Theo cán bộ",
        "counter": "Theo quầy", "procedure": "Theo thủ tục", "field": "Theo lĩnh vực", "channel": "Theo kênh",
        "timeliness": "Theo thời hạn",
    },
    reason_names=REASONS_VI,
    factor_names={
        "tiep_can": "Tiếp cận dịch vụ", "thu_tuc": "Thủ tục", "cong_chuc": "Công chức", "ket_qua": "Kết quả",
        "gop_y": "Góp ý",
    },
    files="Bảng đầy đủ: tables.xlsx và thư mục tables; biểu đồ: thư mục charts.",
    month="{month}/{year}", week="tuần {week}/{year}",
)
EN = Texts(
    language="en", charts=ENGLISH, title="What citizens say",
    made_of="From {file}: {n} ratings{span}.", says=", {first} to {last}",
    headline="{share} satisfied or very satisfied (95% interval {low} to {high}, n\u00a0=\u00a0{n}).",
    no_headline="Too few ratings for a share: {n}, at least {least} are needed.",
    mean="Mean level {mean} of 5 ({low} to {high}).",
    change={
        "up": "The latest period ({last}) is {d} points above the one before ({low} to {high}).",
        "down": "The latest period ({last}) is {d} points below the one before ({low} to {high}).",
        "unsure": "The latest period ({last}) against the one before: cannot tell ({d} points, {low} to {high}).",
    },
    control={
        "none": "Against the first 12 periods none lies beyond chance.",
        "some": "Against the first 12 periods, beyond chance: {labels}.",
    },
    subjects="Comparing {subject} {adjusted}: {below} clearly below{below_names}, {above} clearly above{above_names}, "
             "{none} no difference shown, {few} too few ratings, {apart} not comparable.",
    subjects_none="No {subject} has enough ratings to be compared.",
    subject_names={"officer": "officers", "counter": "counters"},
    adjusted="on like cases ({by})", unadjusted="without adjustment for case mix",
    adjusters={"procedure": "procedure", "timeliness": "timeliness", "channel": "channel"},
    tiers={
        "clearly_above": "clearly above", "no_difference": "no difference shown",
        "clearly_below": "clearly below", "too_few": "too few to tell", "not_comparable": "not comparable",
    },
    reasons="Reasons given most for not being satisfied: {names}.",
    topics="In {n} comments, spoken of most: {names}.",
    fields={
        "unit": "Unit", "officer": "Officer", "counter": "Counter", "procedure": "Procedure", "field": "Field",
        "channel": "Channel", "timeliness": "Timeliness", "period": "Period",
    },
    blank="(blank)",
    statements={
        "too_few": "Only {n} ratings: no share is shown below {least}.",
        "levels_hidden": "The five levels are hidden because one of them has too few ratings.",
        "rows_set_aside": "{k} rows without a readable level were set aside (rows_set_aside.csv).",
        "dates_unread": "{k} dates could not be read; these ratings still count in the total.",
        "no_time": "No column of times: no course, weekday and hour.",
        "no_unit": "No column of units.",
        "no_officer": "No column of officers: officers are not compared.",
        "no_procedure": "No column of procedures: comparisons are not adjusted for case mix.",
        "no_reasons": "No column of reasons.", "no_comment": "No column of comments.",
        "groups_hidden": "{k} groups are hidden because they are small, or to protect another.",
        "reasons_hidden": "{k} reasons below {least} mentions are not shown.",
        "few_comments": "Comments are not counted below {least}.",
        "topics_least": "Topics of comments are found by a dictionary: the counts are lower bounds.",
        "repeated_cases": "{k} ratings repeat a dossier code; they count, intervals may be slightly narrow.",
        "no_coverage": "The file holds only those who rated: how many stayed silent is unknown, so this is no figure of all dossiers.",
    },
    to_know="Mind when reading", how_to_read="How to read",
    reading="The share satisfied is that of levels 4 and 5. The interval says where the true share may lie: wide means few "
            "ratings. Two figures differ only where the report says so. There is no ranking.",
    columns={
        "label": "Group", "n": "Ratings", "share": "Share satisfied", "low": "95% low", "high": "95% high",
        "adjusted": "Share on like cases", "adjusted_low": "Adjusted low", "adjusted_high": "Adjusted high",
        "tier": "Remark", "reason": "Reason", "count": "Mentions", "topic": "Topic", "good": "Spoken of well",
        "bad": "Spoken of badly", "comments": "Comments", "weekday": "Weekday", "hour": "Hour", "row": "Row",
        "column": "Column", "value": "Value", "cure": "Cure", "level": "Level",
    },
    sheets={
        "total": "Total", "period": "By period", "reasons": "Reasons", "topics": "Comments", "cells": "Weekday and hour",
        "notes": "Method",
    },
    charts_of={
        "levels": "The five levels", "trend": "Course", "heat": "By weekday and hour", "reasons": "Reasons",
        "topics": "Topics spoken of badly", "funnel": "Funnel plot", "unit": "By unit", "officer": "By officer",
        "counter": "By counter", "procedure": "By procedure", "field": "By field", "channel": "By channel",
        "timeliness": "By timeliness",
    },
    reason_names=REASONS_EN,
    factor_names={
        "tiep_can": "Access", "thu_tuc": "Procedure", "cong_chuc": "Officers", "ket_qua": "Result", "gop_y": "Feedback",
    },
    files="Full tables: tables.xlsx and the folder tables; charts: the folder charts.",
    month="{month}/{year}", week="week {week}/{year}",
)
TEXTS = {"vi": VI, "en": EN}


def period_name(key: str, texts: Texts) -> str:
    """``2018-10`` or ``2018-W41`` as the reader writes it."""
    year, rest = key.split("-")
    if rest.startswith("W"):
        return texts.week.format(week=int(rest[1:]), year=year)
    return texts.month.format(month=int(rest), year=year)
