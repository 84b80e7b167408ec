#include "common/loglines/rfc3339.h"

namespace buoy::loglines {

namespace {

// Days since 1970-01-01 of a civil date, and back (Howard Hinnant's algorithms).
int64_t DaysFromCivil(int64_t y, int m, int d) {
  y -= m <= 2;
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const int64_t yoe = y - era * 400;
  const int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  const int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + doe - 719468;
}

struct Civil {
  int64_t year;
  int month, day;
};

Civil CivilFromDays(int64_t z) {
  z += 719468;
  const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const int64_t doe = z - era * 146097;
  const int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const int64_t mp = (5 * doy + 2) / 153;
  const int day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  const int month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  return {yoe + era * 400 + (month <= 2), month, day};
}

void AppendDigits(int64_t value, int width, std::string* out) {
  char digits[20];
  for (int i = width - 1; i >= 0; i--) {
    digits[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out->append(digits, static_cast<size_t>(width));
}

// Appends up to the seconds and returns the nanoseconds of the second.
int64_t AppendSeconds(int64_t nanoseconds, std::string* out) {
  int64_t seconds = nanoseconds / kSecond;
  int64_t fraction = nanoseconds % kSecond;
  if (fraction < 0) {
    fraction += kSecond;
    seconds--;
  }
  int64_t days = seconds / 86400;
  int64_t rest = seconds % 86400;
  if (rest < 0) {
    rest += 86400;
    days--;
  }
  const Civil civil = CivilFromDays(days);
  AppendDigits(civil.year, 4, out);
  out->push_back('-');
  AppendDigits(civil.month, 2, out);
  out->push_back('-');
  AppendDigits(civil.day, 2, out);
  out->push_back('T');
  AppendDigits(rest / 3600, 2, out);
  out->push_back(':');
  AppendDigits(rest / 60 % 60, 2, out);
  out->push_back(':');
  AppendDigits(rest % 60, 2, out);
  return fraction;
}

// Takes `width` digits from the front.
bool TakeNumber(std::string_view* text, size_t width, int64_t* value) {
  if (text->size() < width) return false;
  *value = 0;
  for (size_t i = 0; i < width; i++) {
    const char c = (*text)[i];
    if (c < '0' || c > '9') return false;
    *value = *value * 10 + (c - '0');
  }
  text->remove_prefix(width);
  return true;
}

bool TakeChar(std::string_view* text, char wanted) {
  if (text->empty() || text->front() != wanted) return false;
  text->remove_prefix(1);
  return true;
}

int64_t TakeFraction(std::string_view* text) {
  int64_t fraction = 0;
  int digits = 0;
  while (!text->empty() && text->front() >= '0' && text->front() <= '9') {
    if (digits < 9) {
      fraction = fraction * 10 + (text->front() - '0');
      digits++;
    }
    text->remove_prefix(1);
  }
  for (; digits < 9; digits++) fraction *= 10;
  return fraction;
}

}  // namespace

void AppendRfc3339(int64_t nanoseconds, std::string* out) {
  int64_t fraction = AppendSeconds(nanoseconds, out);
  if (fraction != 0) {
    int width = 9;
    while (fraction % 10 == 0) {
      fraction /= 10;
      width--;
    }
    out->push_back('.');
    AppendDigits(fraction, width, out);
  }
  out->push_back('Z');
}

void AppendRfc3339Fixed(int64_t nanoseconds, std::string* out) {
  const int64_t fraction = AppendSeconds(nanoseconds, out);
  out->push_back('.');
  AppendDigits(fraction, 9, out);
  out->push_back('Z');
}

bool ParseRfc3339(std::string_view text, int64_t* nanoseconds) {
  int64_t year, month, day, hour, minute, second;
  if (!TakeNumber(&text, 4, &year) || !TakeChar(&text, '-') || !TakeNumber(&text, 2, &month) ||
      !TakeChar(&text, '-') || !TakeNumber(&text, 2, &day) || !TakeChar(&text, 'T') ||
      !TakeNumber(&text, 2, &hour) || !TakeChar(&text, ':') || !TakeNumber(&text, 2, &minute) ||
      !TakeChar(&text, ':') || !TakeNumber(&text, 2, &second) || month < 1 || month > 12 ||
      day < 1 || day > 31) {
    return false;
  }
  int64_t fraction = TakeChar(&text, '.') ? TakeFraction(&text) : 0;
  int64_t offset = 0;
  if (!TakeChar(&text, 'Z')) {
    const bool minus = !text.empty() && text.front() == '-';
    int64_t hours, minutes;
    if (!TakeChar(&text, minus ? '-' : '+') || !TakeNumber(&text, 2, &hours) ||
        !TakeChar(&text, ':') || !TakeNumber(&text, 2, &minutes)) {
      return false;
    }
    offset = (hours * 3600 + minutes * 60) * (minus ? -1 : 1);
  }
  if (!text.empty()) return false;
  const int64_t days = DaysFromCivil(year, static_cast<int>(month), static_cast<int>(day));
  const int64_t seconds = days * 86400 + hour * 3600 + minute * 60 + second - offset;
  *nanoseconds = seconds * kSecond + fraction;
  return true;
}

}  // namespace buoy::loglines
