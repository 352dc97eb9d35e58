"""Reasons and short comments that the demo's citizens give, by level."""

from __future__ import annotations

LOW_REASONS = (
    ("cho_lau", 26), ("kho_tim_quay", 6), ("kho_truc_tuyen", 8), ("bo_sung_nhieu", 14),
    ("giay_to_ruom_ra", 12), ("huong_dan_kho_hieu", 10), ("thai_do", 9), ("giai_thich_chua_ro", 11),
    ("tre_hen", 12), ("sai_sot", 4), ("gop_y_khong_tra_loi", 2), ("goi_y_tien_qua", 0.4),
)
HIGH_REASONS = (
    ("noi_cho_thuan_tien", 10), ("de_tra_cuu", 7), ("giay_to_gon", 10), ("huong_dan_ro", 16),
    ("lich_su", 18), ("tan_tinh", 17), ("thanh_thao", 10), ("dung_som_hen", 19),
    ("chinh_xac", 8), ("gop_y_duoc_tra_loi", 1),
)
LOW_COMMENTS = (
    "Chờ hơi lâu", "Phải đi lại hai lần", "Hướng dẫn chưa rõ", "Giấy tờ còn nhiều",
    "Trả kết quả muộn so với hẹn", "Quầy đông, ít chỗ ngồi", "Cần giải thích kỹ hơn",
    "Nộp trực tuyến khó dùng", "Kết quả có lỗi phải sửa lại", "Nên thêm quầy giờ cao điểm",
)
HIGH_COMMENTS = (
    "Cán bộ lịch sự", "Hướng dẫn tận tình", "Nhanh gọn", "Trả kết quả sớm hẹn", "Rất hài lòng",
    "Cảm ơn cán bộ", "Thủ tục gọn hơn trước", "Không phải chờ lâu", "Chỗ ngồi thoáng mát",
    "Làm việc chuyên nghiệp",
)
