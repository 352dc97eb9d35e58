"""Words around Vietnamese names: titles, surnames, given names, and capitalised words that are none."""

from __future__ import annotations

TITLES = (
    "anh", "chị", "ông", "bà", "cô", "chú", "bác", "em", "cậu", "mợ", "dì", "thím", "thầy", "bạn",
    "cán bộ", "công chức", "viên chức", "chuyên viên", "nhân viên", "đồng chí", "đ/c", "đc", "cb", "nv",
    "giám đốc", "phó giám đốc", "trưởng phòng", "phó phòng", "chủ tịch", "phó chủ tịch",
)
INTRODUCTIONS = (
    "tôi là", "tôi tên là", "tên tôi là", "tôi tên", "tên là", "tên", "mình là", "mình tên", "em là",
    "em tên", "cháu là", "liên hệ", "gặp", "họ tên", "họ và tên", "người nộp", "chủ hồ sơ", "ký tên",
    "con là", "ký", "người gửi", "người phản ánh",
)
SURNAMES = frozenset({
    "nguyễn", "trần", "lê", "phạm", "hoàng", "huỳnh", "phan", "vũ", "võ", "đặng", "bùi", "đỗ", "hồ",
    "ngô", "dương", "lý", "đinh", "đoàn", "lương", "tô", "trịnh", "mai", "đào", "cao", "lâm", "phùng",
    "tạ", "hà", "trương", "chu", "châu", "quách", "la", "tống", "kiều", "vương", "thái", "triệu",
    "nghiêm", "lưu", "tăng", "bạch", "khổng", "doãn", "từ", "thân", "đàm", "mạc", "văn", "vi", "giáp",
    "hứa", "diệp", "âu", "ninh", "bế", "nông", "lò", "sầm", "quàng", "cầm", "hoa", "ma", "tòng",
})
# Given names that are no everyday words after a title: enough in small or in all-capital letters.
GIVEN = frozenset({
    "tuấn", "hùng", "dũng", "cường", "thắng", "huy", "khánh", "quân", "sơn", "trung", "đức",
    "hải", "nam", "phúc", "khoa", "kiên", "duy", "việt", "thịnh", "toàn", "tùng", "vinh", "hưng",
    "lan", "hoa", "hằng", "hương", "huệ", "mai", "nga", "ngọc", "nhung", "oanh", "phương", "quỳnh",
    "thảo", "thủy", "thúy", "trang", "trinh", "uyên", "vân", "yến", "linh", "loan", "liên", "hạnh",
    "hiền", "dung", "diệp", "đào", "hà", "minh", "quang", "tú", "tuyết", "xuân", "nguyệt", "ánh",
    "bích", "châu", "giang", "hòa", "hoàng", "hồng", "huyền", "khang", "lâm", "long", "ly", "my",
    "nghĩa", "nhân", "nhi", "phong", "phú", "phượng", "quyên", "quyết", "sang", "thành", "thanh",
    "thiện", "thơ", "thư", "trâm", "trí", "trọng", "tiến", "trường", "vy", "anh", "lực", "mạnh",
})
MIDDLE = frozenset({"văn", "thị", "mẫu", "đình", "hữu", "đức", "ngọc", "minh", "thu", "thanh", "xuân", "kim"})
# Capitalised after a title or alone, and no name of a person.
NO_NAMES = frozenset({
    "trung", "tâm", "phòng", "ban", "sở", "tư", "hộ", "một", "quầy", "bộ", "công", "địa", "ủy", "ubnd",
    "uỷ", "hđnd", "đảng", "nhà", "phường", "xã", "thành", "phố", "tỉnh", "quận", "huyện", "việt", "tiếp",
    "văn", "tài", "thuế", "xin", "ơi", "ở", "và", "rất", "tôi", "không", "có", "là", "đã", "này", "kia",
    "ấy", "ta", "nào", "nhé", "ạ", "cảm", "chị", "anh", "em", "cô", "chú", "bác", "ông", "bà", "qr", "ok",
    "hướng", "tôi,", "cán", "nhân", "làm", "trả", "lời", "chờ", "thái", "độ", "sau", "khi", "lúc", "từ",
    "tại", "của", "cho", "với", "để", "đang", "vừa", "mới", "cũng", "thì", "mà", "nhưng", "vì", "do",
    "được", "bị", "phải", "nên", "cần", "đến", "đi", "về", "ra", "vào", "lên", "xuống", "vui", "nhiệt",
    "tận", "lịch", "thân", "dễ", "hay", "luôn", "quá", "lắm", "tốt", "hỗ", "trợ", "giúp", "giải", "thích",
    "nói", "bảo", "hỏi", "gọi", "đưa", "lấy", "nhận", "cccd", "cmnd", "zalo", "facebook", "vneid",
})
PLACES = frozenset({
    "đường", "phố", "phường", "xã", "quận", "huyện", "tỉnh", "thành phố", "tp", "khu", "chợ", "cầu",
    "trường", "ngõ", "ngách", "thôn", "tổ", "ấp", "bệnh viện", "chung cư", "tòa nhà", "công ty",
    "ubnd phường", "p", "q", "đ",
})
DIGIT_WORDS = {
    "không": "0", "một": "1", "mốt": "1", "hai": "2", "ba": "3", "bốn": "4", "tư": "4", "năm": "5",
    "lăm": "5", "sáu": "6", "bảy": "7", "bẩy": "7", "tám": "8", "chín": "9",
}
# Words, without marks, that go on after a name in small letters: "chị lan quầy 3".
AFTER_NAMES = frozenset({
    "quay", "o", "phong", "ban", "cua", "tai", "so", "rat", "da", "noi", "quat", "nhiet", "tan", "khong",
    "ko", "vui", "va", "lam", "huong", "co", "la", "truc", "ngoi", "tiep", "thai", "ok", "dang", "nay",
    "lich", "de", "than", "oi", "ben", "bo", "mot", "cuc", "qua", "giup", "chua", "cau", "gat", "luon",
})
