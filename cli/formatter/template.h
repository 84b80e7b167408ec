#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "cli/formatter/value.h"
#include "common/result/result.h"

namespace buoy::cli {

namespace tmpl {
struct Node;
}

// Go's text/template over Values, with the functions that Docker adds (json, split, join, title,
// lower, upper, pad, truncate).
class Template {
 public:
  enum class Mode {
    kRow,     // a field that is not there is an error
    kHeader,  // a table's header: functions leave the name of the column as it is
  };

  // Errors: `template: :1: function "foo" not defined`.
  static Result<Template> Parse(std::string_view text);
  Template(Template&&) noexcept;
  Template& operator=(Template&&) noexcept;
  ~Template();

  // Errors: `template: :1:2: executing "" at <.Foo>: ...`. `partial`, when given, gets what was
  // written before the error.
  Result<std::string> Execute(const Value& data, Mode mode = Mode::kRow,
                              std::string* partial = nullptr) const;

  // True when {{.name}} is used somewhere.
  bool Uses(std::string_view name) const;

 private:
  Template(std::string text, std::unique_ptr<tmpl::Node> root);

  std::string text_;
  std::unique_ptr<tmpl::Node> root_;
};

}  // namespace buoy::cli
