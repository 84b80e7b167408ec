#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace buoy::json {

// Go tells nil from empty: a nil slice encodes as null, an empty one as []. Docker's API keeps that
// difference from request to inspect, so these containers remember whether they were ever given.
template <class T>
struct List : std::vector<T> {
  using Base = std::vector<T>;
  using Base::Base;
  List(Base other) : Base(std::move(other)) {}  // NOLINT: implicit
  // True while nothing (not even an empty list) was assigned; only looked at when empty.
  bool is_null = true;
  // An empty list that encodes as [].
  static List Empty() {
    List list;
    list.is_null = false;
    return list;
  }
};

template <class T>
struct Map : std::map<std::string, T> {
  using Base = std::map<std::string, T>;
  using Base::Base;
  Map(Base other) : Base(std::move(other)) {}  // NOLINT: implicit
  bool is_null = true;
  static Map Empty() {
    Map map;
    map.is_null = false;
    return map;
  }
};

// Go's map[string]struct{}: {"80/tcp":{}}.
struct StringSet : std::set<std::string> {
  using Base = std::set<std::string>;
  using Base::Base;
  bool is_null = true;
};

// A JSON value carried as its text; empty text encodes as null.
struct Raw {
  std::string text;
};

}  // namespace buoy::json
