#include "daemon/container/names.h"

#include <sys/random.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "common/random_id/random_id.h"

namespace buoy::container {
namespace {

constexpr std::string_view kAdjectives[] = {
    "able",      "agile",   "amber",    "ample",     "ancient",   "apt",      "ardent",
    "artful",    "autumn",  "awake",    "balmy",     "blithe",    "brave",    "breezy",
    "bright",    "brisk",   "calm",     "candid",    "careful",   "cheerful", "clever",
    "coastal",   "cosmic",  "cozy",     "crafty",    "crisp",     "curious",  "daring",
    "dapper",    "deft",    "devoted",  "diligent",  "dreamy",    "eager",    "earnest",
    "easy",      "elegant", "epic",     "fair",      "faithful",  "fearless", "fluent",
    "fond",      "frank",   "fresh",    "friendly",  "frosty",    "gallant",  "gentle",
    "genuine",   "gifted",  "gleaming", "golden",    "graceful",  "grand",    "happy",
    "hardy",     "hearty",  "helpful",  "honest",    "hopeful",   "humble",   "inspired",
    "inventive", "jaunty",  "jolly",    "jovial",    "keen",      "kind",     "lively",
    "lofty",     "loyal",   "lucid",    "lucky",     "mellow",    "merry",    "mighty",
    "mindful",   "modest",  "musing",   "nifty",     "nimble",    "noble",    "patient",
    "peaceful",  "pensive", "placid",   "playful",   "polite",    "prudent",  "quick",
    "quiet",     "radiant", "rapid",    "ready",     "relaxed",   "robust",   "sage",
    "sandy",     "serene",  "sharp",    "shining",   "silent",    "silver",   "sincere",
    "smart",     "snug",    "solar",    "solid",     "sparkling", "spirited", "steady",
    "stoic",     "sturdy",  "sunny",    "swift",     "tender",    "tidy",     "tranquil",
    "trusty",    "upbeat",  "valiant",  "verdant",   "vibrant",   "vigilant", "vivid",
    "warm",      "wise",    "witty",    "wonderful", "young",     "zealous",  "zesty",
};

constexpr std::string_view kSurnames[] = {
    "abel",        "ampere",     "anning",   "archimedes", "babbage",    "banach",     "banks",
    "bardeen",     "bartik",     "bell",     "bernoulli",  "blackwell",  "bohr",       "boole",
    "bose",        "boyle",      "brahe",    "brattain",   "cantor",     "carson",     "cauchy",
    "cavendish",   "cerf",       "chandra",  "church",     "clarke",     "conway",     "copernicus",
    "cori",        "coulomb",    "cray",     "curie",      "dalton",     "darwin",     "davinci",
    "dijkstra",    "dirac",      "easley",   "edison",     "einstein",   "elion",      "engelbart",
    "erdos",       "euclid",     "euler",    "faraday",    "fermat",     "fermi",      "feynman",
    "fibonacci",   "fourier",    "franklin", "galileo",    "galois",     "gauss",      "germain",
    "goldberg",    "goodall",    "haibt",    "hamilton",   "hawking",    "heisenberg", "hermann",
    "hertz",       "hilbert",    "hoare",    "hodgkin",    "hopper",     "hubble",     "huygens",
    "hypatia",     "jackson",    "johnson",  "joliot",     "joule",      "kalam",      "kapitsa",
    "keller",      "kelvin",     "kepler",   "khayyam",    "knuth",      "kovalevsky", "lagrange",
    "lamarr",      "lamport",    "laplace",  "leavitt",    "leibniz",    "lichterman", "liskov",
    "lovelace",    "marconi",    "maxwell",  "mccarthy",   "mcclintock", "meitner",    "mendel",
    "mendeleev",   "mirzakhani", "moore",    "morse",      "napier",     "nash",       "newton",
    "nightingale", "nobel",      "noether",  "ohm",        "papert",     "pascal",     "pasteur",
    "pauling",     "payne",      "perlman",  "planck",     "poincare",   "ptolemy",    "raman",
    "ramanujan",   "riemann",    "ritchie",  "roentgen",   "rosalind",   "rubin",      "rutherford",
    "sammet",      "shannon",    "shockley", "snow",       "somerville", "sutherland", "tesla",
    "tharp",       "thompson",   "torvalds", "turing",     "vaughan",    "volta",      "watt",
    "wiles",       "wilson",     "wing",     "wozniak",    "wright",     "wu",         "yalow",
    "yonath",      "zuse",
};

uint32_t Random(uint32_t below) {
  uint32_t value = 0;
  while (getrandom(&value, sizeof value, 0) != sizeof value) {
  }
  return value % below;
}

bool AlphaNumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

Status ValidateName(const std::string& name) {
  std::string_view bare = name;
  if (!bare.empty() && bare.front() == '/') bare.remove_prefix(1);
  bool valid = bare.size() >= 2 && AlphaNumeric(bare.front());
  for (char c : bare) valid = valid && (AlphaNumeric(c) || c == '_' || c == '.' || c == '-');
  if (valid) return Ok();
  return InvalidArgument("Invalid container name (" + name +
                         "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
}

std::string RandomName(int attempt) {
  std::string name(kAdjectives[Random(std::size(kAdjectives))]);
  name += '_';
  name += kSurnames[Random(std::size(kSurnames))];
  if (attempt > 0) name += std::to_string(Random(10));
  return name;
}

std::string RandomId() {
  for (;;) {
    std::string id = buoy::RandomId();
    if (id.find_first_of("abcdef") < 12) return id;
  }
}

}  // namespace buoy::container
