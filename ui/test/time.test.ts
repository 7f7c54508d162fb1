// Times and durations in both languages.
import { describe, expect, test } from "vitest";
import { en } from "../src/i18n/en";
import { count, number } from "../src/i18n/number";
import { zh } from "../src/i18n/zh";
import { ago, clock, exact, parse, short, span } from "../src/view/time";

const S = 1000, M = 60 * S, H = 60 * M, D = 24 * H;
const now = new Date(2026, 2, 5, 14, 9, 52).getTime();

test.each([
  [-5 * S, "0s", "0 s", "0 秒"],
  [0, "0s", "0 s", "0 秒"],
  [59_999, "59s", "59 s", "59 秒"],
  [M, "1m", "1 min", "1 分钟"],
  [59 * M + 59 * S, "59m", "59 min", "59 分钟"],
  [H, "1h", "1 h", "1 小时"],
  [23.9 * H, "23h", "23 h", "23 小时"],
  [D, "1d", "1 day", "1 天"],
  [6 * D, "6d", "6 days", "6 天"],
])("a duration of %d ms", (ms, column, english, chinese) => {
  expect([short(ms), span(en, ms), span(zh, ms)]).toEqual([column, english, chinese]);
});

test.each([
  [-3 * S, "just now", "刚刚"],
  [4 * S, "just now", "刚刚"],
  [20 * S, "20 s ago", "20 秒前"],
  [3 * M, "3 min ago", "3 分钟前"],
  [5 * H, "5 h ago", "5 小时前"],
  [D, "1 day ago", "1 天前"],
  [9 * D, "9 days ago", "9 天前"],
])("%d ms ago", (ms, english, chinese) => {
  expect([ago(en, now - ms, now), ago(zh, now - ms, now)]).toEqual([english, chinese]);
});

describe("times of day", () => {
  test("today without the date, other days with it", () => {
    expect(clock("en", now - 2 * H, now)).toBe("12:09");
    expect(exact("en", now, now)).toBe("14:09:52");
    expect(clock("en", now - 3 * D, now)).toBe("Mar 2, 14:09");
    expect(clock("zh-CN", now - 3 * D, now)).toBe("3月2日 14:09");
    expect(clock("en", new Date(2026, 2, 5, 0, 5).getTime(), now)).toBe("00:05");
  });
  test("RFC 3339, or nothing", () => {
    expect(parse("2026-03-05T14:09:52Z")).toBe(Date.UTC(2026, 2, 5, 14, 9, 52));
    expect(parse("")).toBeNull();
    expect(parse("soon")).toBeNull();
  });
});

test("numbers and plurals", () => {
  expect([number("en", 12345), number("zh-CN", 12345)]).toEqual(["12,345", "12,345"]);
  expect([0, 1, 2].map((n) => count("en", n, "server", "servers"))).toEqual(["0 servers", "1 server", "2 servers"]);
});
