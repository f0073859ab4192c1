"""Made-up people: surnames and given characters with the spellings each region uses."""

import random
from dataclasses import dataclass
from typing import Final

# simplified, traditional, Hong Kong spelling, Taiwan spelling
SURNAMES: Final = """
陈 陳 CHAN CHEN|李 李 LEE LI|张 張 CHEUNG CHANG|黄 黃 WONG HUANG|何 何 HO HO|梁 梁 LEUNG LIANG
刘 劉 LAU LIU|林 林 LAM LIN|郑 鄭 CHENG CHENG|吴 吳 NG WU|周 周 CHOW CHOU|杨 楊 YEUNG YANG
叶 葉 YIP YEH|蔡 蔡 TSOI TSAI|许 許 HUI HSU|谢 謝 TSE HSIEH|邓 鄧 TANG TENG|冯 馮 FUNG FENG
曾 曾 TSANG TSENG|罗 羅 LAW LO|朱 朱 CHU CHU|徐 徐 TSUI HSU|马 馬 MA MA|胡 胡 WU HU
苏 蘇 SO SU|钟 鍾 CHUNG CHUNG|卢 盧 LO LU|郭 郭 KWOK KUO|赖 賴 LAI LAI|潘 潘 POON PAN
王 王 WONG WANG|萧 蕭 SIU HSIAO|廖 廖 LIU LIAO|余 余 YU YU|袁 袁 YUEN YUAN|莫 莫 MOK MO
关 關 KWAN KUAN|欧阳 歐陽 AUYEUNG OUYANG|司徒 司徒 SZETO SZUTU|简 簡 KAN CHIEN|颜 顏 NGAN YEN
方 方 FONG FANG|石 石 SHEK SHIH|彭 彭 PANG PENG|温 溫 WAN WEN|姚 姚 YIU YAO|戴 戴 TAI TAI
邱 邱 YAU CHIU|洪 洪 HUNG HUNG|翁 翁 YUNG WENG|沈 沈 SHUM SHEN|龚 龔 KUNG KUNG|庄 莊 CHONG CHUANG
"""

GIVEN: Final = """
伟 偉 WAI WEI|明 明 MING MING|华 華 WAH HUA|强 強 KEUNG CHIANG|文 文 MAN WEN|志 志 CHI CHIH
玲 玲 LING LING|芳 芳 FONG FANG|美 美 MEI MEI|丽 麗 LAI LI|敏 敏 MAN MIN|静 靜 CHING CHING
嘉 嘉 KA CHIA|家 家 KA CHIA|俊 俊 CHUN CHUN|杰 傑 KIT CHIEH|佩 佩 PUI PEI|珊 珊 SHAN SHAN
欣 欣 YAN HSIN|怡 怡 YEE YI|慧 慧 WAI HUI|琪 琪 KI CHI|雯 雯 MAN WEN|霞 霞 HA HSIA
国 國 KWOK KUO|荣 榮 WING JUNG|辉 輝 FAI HUI|龙 龍 LUNG LUNG|凤 鳳 FUNG FENG|英 英 YING YING
秀 秀 SAU HSIU|淑 淑 SHUK SHU|芬 芬 FAN FEN|雅 雅 NGA YA|婷 婷 TING TING|君 君 KWAN CHUN
豪 豪 HO HAO|浩 浩 HO HAO|然 然 YIN JAN|轩 軒 HIN HSUAN|宇 宇 YU YU|铭 銘 MING MING
建 建 KIN CHIEN|宏 宏 WANG HUNG|永 永 WING YUNG|兴 興 HING HSING|业 業 YIP YEH|达 達 TAT TA
德 德 TAK TE|仁 仁 YAN JEN|义 義 YEE YI|礼 禮 LAI LI|信 信 SHUN HSIN|忠 忠 CHUNG CHUNG
春 春 CHUN CHUN|夏 夏 HA HSIA|秋 秋 CHAU CHIU|冬 冬 TUNG TUNG|梅 梅 MUI MEI|兰 蘭 LAN LAN
竹 竹 CHUK CHU|菊 菊 KUK CHU|莲 蓮 LIN LIEN|桂 桂 KWAI KUEI|娟 娟 KUEN CHUAN|萍 萍 PING PING
思 思 SZE SZU|诗 詩 SZE SHIH|颖 穎 WING YING|晓 曉 HIU HSIAO|晴 晴 CHING CHING|彤 彤 TUNG TUNG
子 子 TSZ TZU|乐 樂 LOK LE|天 天 TIN TIEN|恩 恩 YAN EN|泽 澤 CHAK TSE|瑞 瑞 SHUI JUI
宝 寶 PO PAO|珍 珍 CHUN CHEN|金 金 KAM CHIN|银 銀 NGAN YIN|玉 玉 YUK YU|翠 翠 CHUI TSUI
超 超 CHIU CHAO|勇 勇 YUNG YUNG|军 軍 KWAN CHUN|峰 峰 FUNG FENG|涛 濤 TO TAO|鑫 鑫 YAM HSIN
祥 祥 CHEUNG HSIANG|贤 賢 YIN HSIEN|学 學 HOK HSUEH|健 健 KIN CHIEN|康 康 HONG KANG|乔 喬 KIU CHIAO
"""

# Seldom seen, but on cards: characters that small dictionaries and GB 2312 lack.
RARE: Final = """
喆 喆 CHIT CHE|堃 堃 KWAN KUN|淼 淼 MIU MIAO|犇 犇 PAN PEN|玥 玥 YUET YUEH|珺 珺 KWAN CHUN
祎 禕 YEE I|赟 贇 WAN YUN|烨 燁 YIP YEH|炜 煒 WAI WEI|颢 顥 HO HAO|骁 驍 HIU HSIAO
骅 驊 WAH HUA|铠 鎧 HOI KAI|钰 鈺 YUK YU|鋆 鋆 KWAN YUN|瀞 瀞 CHING CHING|璟 璟 KING CHING
翊 翊 YIK YI|昕 昕 YAN HSIN|彧 彧 YUK YU|翀 翀 CHUNG CHUNG|懿 懿 YEE YI|睿 睿 YUI JUI
燊 燊 SUN SHEN|焯 焯 CHEUK CHO|淦 淦 KAM KAN|垚 垚 YIU YAO|昇 昇 SING SHENG|旻 旻 MAN MIN
晞 晞 HEI HSI|暐 暐 WAI WEI|曈 曈 TUNG TUNG|曦 曦 HEI HSI|柏 柏 PAK PO|栢 栢 PAK PO
桢 楨 CHING CHEN|梓 梓 TSZ TZU|楹 楹 YING YING|棨 棨 KAI CHI|楷 楷 KAI KAI|洺 洺 MING MING
浠 浠 HEI HSI|渝 渝 YU YU|湉 湉 TIM TIEN|漪 漪 YEE YI|潆 瀠 YING YING|澔 澔 HO HAO
濬 濬 CHUN CHUN|灏 灝 HO HAO|玟 玟 MAN WEN|珈 珈 KA CHIA|珮 珮 PUI PEI|琰 琰 YIM YEN
琬 琬 YUEN WAN|瑀 瑀 YU YU|瑄 瑄 SUEN HSUAN|瑢 瑢 YUNG JUNG|瑜 瑜 YU YU|璇 璇 SUEN HSUAN
璐 璐 LO LU|甄 甄 YAN CHEN|皓 皓 HO HAO|禛 禛 CHAN CHEN|竑 竑 WANG HUNG|筠 筠 KWAN YUN
芷 芷 CHI CHIH|苡 苡 YEE YI|茗 茗 MING MING|荃 荃 CHUEN CHUAN|菀 菀 YUEN WAN|萱 萱 HUEN HSUAN
蓁 蓁 CHUN CHEN|蕙 蕙 WAI HUI|谕 諭 YU YU|谦 謙 HIM CHIEN|邕 邕 YUNG YUNG|郗 郗 CHI CHIH
锜 錡 KEI CHI|镕 鎔 YUNG JUNG|闵 閔 MAN MIN|雱 雱 PONG PANG|霈 霈 PUI PEI|霆 霆 TING TING
韡 韡 WAI WEI|韵 韻 WAN YUN|颀 頎 KEI CHI|骐 騏 KEI CHI|鸾 鸞 LUEN LUAN|龑 龑 YIM YEN
"""

DOUBLE_SURNAMES: Final = """
欧阳 歐陽 AUYEUNG OUYANG|司徒 司徒 SZETO SZUTU|上官 上官 SHEUNGKWUN SHANGKUAN
诸葛 諸葛 CHUKOT CHUKO|司马 司馬 SZEMA SZUMA|皇甫 皇甫 WONGPO HUANGFU|夏侯 夏侯 HAHAU HSIAHOU
端木 端木 TUENMUK TUANMU|张简 張簡 CHEUNGKAN CHANGCHIEN|范姜 范姜 FANKEUNG FANCHIANG
"""

LONG_FOREIGN: Final = """
FERNANDES DE OLIVEIRA SANTOS,MARIA DA CONCEICAO|WICKRAMASINGHE ARACHCHILAGE,NIMAL PRIYANTHA
VAN DEN BROEK-HENDRIKSEN,WILHELMINA JOHANNA|RODRIGUES DA COSTA E SILVA,JOAO MANUEL
CHAKRABORTY BHATTACHARYA,SUBRAMANIAM|DE LA CRUZ VILLANUEVA,MARIA ROSARIO CORAZON
FEATHERSTONEHAUGH,ALEXANDER MONTGOMERY|KATHIRGAMATHAMBY,THIRUGNANASAMBANTHAN
"""

FOREIGN: Final = """
SMITH,JOHN PAUL|FERNANDES,MARIA|SINGH,AMARJIT|SANTOS,ANA LUCIA|KUMAR,RAJESH|O'BRIEN,SEAN PATRICK
MULLER,ANNA-LENA|TANAKA,YUKI|GARCIA LOPEZ,CARLOS|WHITE,EMMA GRACE|DE SOUZA,RITA|AHMED,FARHANA
NGUYEN,THI MAI|IVANOVA,OLGA|WILLIAMS,GARETH|DA SILVA ROSA,JOAO|CRUZ,JOSEFINA REYES|BAKER,TIMOTHY
"""

NATIONS: Final = (
    "英国",
    "美国",
    "印度",
    "葡萄牙",
    "菲律宾",
    "日本",
    "法国",
    "加拿大",
    "澳大利亚",
    "巴基斯坦",
    "韩国",
    "德国",
)


@dataclass(frozen=True)
class Name:
    """One person's name in the scripts the two sides print."""

    simplified: str
    traditional: str
    latin: str


def _table(text: str) -> list[list[str]]:
    return [entry.split() for line in text.split("\n") for entry in line.split("|") if entry]


_SURNAMES: Final = _table(SURNAMES)
_GIVEN: Final = _table(GIVEN)
_RARE: Final = _table(RARE)
_DOUBLE: Final = _table(DOUBLE_SURNAMES)


def _entries(text: str) -> list[str]:
    return [entry for line in text.split("\n") for entry in line.split("|") if entry]


_FOREIGN: Final = _entries(FOREIGN)
_LONG_FOREIGN: Final = _entries(LONG_FOREIGN)


def chinese_name(rng: random.Random, *, taiwan: bool, unusual: bool = False) -> Name:
    """One or two given characters; `unusual` ones are rare, or the surname has two or is a
    married woman's, before her own."""
    surname = rng.choice(_DOUBLE if unusual and rng.random() < 0.35 else _SURNAMES)
    given = rng.sample(_GIVEN, rng.choice((1, 2, 2, 2)))
    spelling = 3 if taiwan else 2
    if unusual:
        if rng.random() < 0.75:
            given[rng.randrange(len(given))] = rng.choice(_RARE)
        if rng.random() < 0.2:
            married = rng.choice(_SURNAMES)
            pairs = zip(married, surname, (0, 0, 1, 1), strict=True)
            surname = [one + " " * gap + other for one, other, gap in pairs]
    joint = rng.choice(("-", "", " ")) if taiwan else " "
    latin = f"{surname[spelling]},{joint.join(character[spelling] for character in given)}"
    simplified = surname[0] + "".join(character[0] for character in given)
    traditional = surname[1] + "".join(character[1] for character in given)
    return Name(simplified, traditional, latin)


def foreign_name(rng: random.Random, *, unusual: bool = False) -> Name:
    """A Latin name with a Chinese one the holder took."""
    chosen = chinese_name(rng, taiwan=False)
    latin = rng.choice(_LONG_FOREIGN if unusual else _FOREIGN)
    return Name(chosen.simplified, chosen.simplified, latin)
