// Text of a Ruleset: what nft reads and what it lists.
#include <string>

#include "daemon/network/ruleset.h"

namespace buoy::network {

namespace {

constexpr const char* kTable = "inet buoy";

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string Join(const std::set<std::string>& elements) {
  std::string joined;
  for (const std::string& element : elements) joined += (joined.empty() ? "" : ", ") + element;
  return joined;
}

void AddElements(std::string_view list, std::set<std::string>& elements) {
  while (!list.empty()) {
    size_t comma = std::min(list.find(','), list.size());
    std::string_view element = Trim(list.substr(0, comma));
    if (!element.empty()) elements.emplace(element);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

// Splits "set bridges {" into kind and name; false for other lines.
bool ParseHeader(std::string_view line, std::string& kind, std::string& name) {
  if (!line.ends_with(" {")) return false;
  line.remove_suffix(2);
  size_t space = line.find(' ');
  if (space == std::string_view::npos) return false;
  kind = line.substr(0, space);
  name = line.substr(space + 1);
  return true;
}

// A map's lookup key, without its value.
std::string Key(const RulesetSet& set, const std::string& element) {
  return set.type == "map" ? element.substr(0, element.find(" : ")) : element;
}

std::string ElementChanges(const std::string& name, const RulesetSet& from, const RulesetSet& to) {
  std::set<std::string> gone;
  std::set<std::string> added;
  for (const std::string& element : from.elements) {
    if (!to.elements.contains(element)) gone.insert(Key(from, element));
  }
  for (const std::string& element : to.elements) {
    if (!from.elements.contains(element)) added.insert(element);
  }
  const std::string target = std::string(" element ") + kTable + " " + name + " { ";
  std::string commands;
  if (!gone.empty()) commands += "delete" + target + Join(gone) + " }\n";
  if (!added.empty()) commands += "add" + target + Join(added) + " }\n";
  return commands;
}

bool SameShape(const Ruleset& a, const Ruleset& b) {
  if (a.empty() || a.chains != b.chains || a.sets.size() != b.sets.size()) return false;
  for (const auto& [name, set] : a.sets) {
    auto other = b.sets.find(name);
    if (other == b.sets.end() || other->second.type != set.type || other->second.spec != set.spec) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string Ruleset::ToText() const {
  std::string text = std::string("table ") + kTable + " {\n";
  for (const auto& [name, set] : sets) {
    text += "\t" + set.type + " " + name + " {\n";
    for (const std::string& line : set.spec) text += "\t\t" + line + "\n";
    if (!set.elements.empty()) text += "\t\telements = { " + Join(set.elements) + " }\n";
    text += "\t}\n";
  }
  // Jump targets must be there before the chains that jump. Not those with a hook: the kernel does
  // not turn a chain without one into one with it.
  for (const auto& [name, rules] : chains) {
    const bool hooked = !rules.empty() && rules.front().starts_with("type ");
    if (!hooked) text += "\tchain " + name + " {\n\t}\n";
  }
  for (const auto& [name, rules] : chains) {
    text += "\tchain " + name + " {\n";
    for (const std::string& rule : rules) text += "\t\t" + rule + "\n";
    text += "\t}\n";
  }
  return text + "}\n";
}

Ruleset ParseRuleset(std::string_view listing) {
  Ruleset rules;
  std::string kind;
  std::string name;
  bool in_elements = false;
  while (!listing.empty()) {
    size_t newline = std::min(listing.find('\n'), listing.size());
    std::string_view line = Trim(listing.substr(0, newline));
    listing.remove_prefix(std::min(newline + 1, listing.size()));
    if (line.empty()) continue;
    if (!in_elements && ParseHeader(line, kind, name)) {
      if (kind == "set" || kind == "map") rules.sets[name].type = kind;
      if (kind == "chain") rules.chains[name];
      continue;
    }
    if (kind == "set" || kind == "map") {
      if (line.starts_with("elements = {")) {
        in_elements = true;
        line.remove_prefix(12);
      }
      if (in_elements) {
        bool last = line.ends_with("}");
        if (last) line.remove_suffix(1);
        AddElements(line, rules.sets[name].elements);
        if (last) in_elements = false;
        continue;
      }
      if (line != "}") rules.sets[name].spec.emplace_back(line);
    } else if (kind == "chain" && line != "}") {
      rules.chains[name].emplace_back(line);
    }
    if (line == "}") kind.clear();
  }
  return rules;
}

std::string Transition(const Ruleset& from, const Ruleset& to) {
  if (from == to && !from.empty()) return "";
  if (to.empty()) {
    return from.empty() ? "" : std::string("delete table ") + kTable + "\n";
  }
  if (!SameShape(from, to)) {
    return std::string("add table ") + kTable + "\ndelete table " + kTable + "\n" + to.ToText();
  }
  std::string commands;
  for (const auto& [name, set] : to.sets) commands += ElementChanges(name, from.sets.at(name), set);
  return commands;
}

}  // namespace buoy::network
