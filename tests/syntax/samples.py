"""A text of each language, and what is to be found in it: outline with lines from 1, imports, comments."""

from __future__ import annotations

from typing import NamedTuple


class Sample(NamedTuple):
    text: str
    outline: list[str]
    imports: list[str]
    comments: list[str]


SAMPLES = {
    "bash": Sample(
        """\
#!/bin/bash
source ./a.sh
. b.sh
# adds
add() {
  echo "$1"
}
function sub {
  echo load x # not an import
}
""",
        ["function add 5-7", "function sub 8-10"],
        ["source ./a.sh", ". b.sh"],
        ["#!/bin/bash", "# adds", "# not an import"],
    ),
    "c": Sample(
        """\
/* about */
#ifndef A_H
#define A_H
#include <stdio.h>
#include "b.h"
#define MAX(a, b) ((a) > (b) ? (a) : (b))
struct point { int x; };
typedef struct { int y; } pair;
enum color { RED };
union u { int a; };
static char *name(int a)
{
    return 0; // none
}
#endif
""",
        [
            "macro MAX 6-6",
            "struct point 7-7",
            "type pair 8-8",
            "enum color 9-9",
            "union u 10-10",
            "function name 11-14",
        ],
        ["#include <stdio.h>", '#include "b.h"'],
        ["/* about */", "// none"],
    ),
    "c_sharp": Sample(
        """\
using System;
using N = System.IO;
namespace App
{
    /// <summary>About</summary>
    public class C
    {
        public int X { get; set; }
        public C() { }
        public void M() { void Local() { } }
    }
    interface I { void P(); }
    struct S { }
    enum E { A }
    record R(int A);
}
""",
        [
            "namespace App 3-16",
            "  class C 6-11",
            "    property X 8-8",
            "    method C 9-9",
            "    method M 10-10",
            "      function Local 10-10",
            "  interface I 12-12",
            "    method P 12-12",
            "  struct S 13-13",
            "  enum E 14-14",
            "  class R 15-15",
        ],
        ["using System;", "using N = System.IO;"],
        ["/// <summary>About</summary>"],
    ),
    "cpp": Sample(
        """\
#include <vector>
using std::vector;
namespace n {
// about
template <class T>
class C {
 public:
  C();
  int size() const { return 1; }
};
template <class T> T &f(T &a) { return a; }
}
void n::C::g() {}
using X = int;
""",
        [
            "namespace n 3-12",
            "  class C 5-10",
            "    method size 9-9",
            "  function f 11-11",
            "function n::C::g 13-13",
            "type X 14-14",
        ],
        ["#include <vector>", "using std::vector;"],
        ["// about"],
    ),
    "css": Sample(
        """\
@import "a.css";
/* about */
.a, #b > c { color: red }
@media print {
  p { margin: 0 }
}
@keyframes k { from { top: 0 } }
""",
        ["rule .a, #b > c 3-3", "rule print 4-6", "  rule p 5-5", "rule k 7-7"],
        ['@import "a.css";'],
        ["/* about */"],
    ),
    "go": Sample(
        """\
package p

import "fmt"
import (
	"os"
	x "strings"
)

// about
type (
	A struct{ b int }
	B interface{ M() }
)
type C func()
func F() {}
func (a *A) M() {
	fmt.Println(os.Args, x.ToUpper(""))
}
""",
        ["struct A 11-11", "interface B 12-12", "type C 14-14", "function F 15-15", "method M 16-18"],
        ['import "fmt"', "import (", '\t"os"', '\tx "strings"', ")"],
        ["// about"],
    ),
    "html": Sample(
        """\
<!doctype html>
<!-- about -->
<div id="a"><p>T</p></div>
""",
        [],
        [],
        ["<!-- about -->"],
    ),
    "java": Sample(
        """\
package p;
import a.b;
import static c.d.*;
/** About */
@Deprecated
public class C {
    int x;
    C() { }
    // one
    void m() { }
    enum E { A }
    interface I { }
}
record R(int a) { }
""",
        [
            "class C 5-13",
            "  method C 8-8",
            "  method m 10-10",
            "  enum E 11-11",
            "  interface I 12-12",
            "class R 14-14",
        ],
        ["package p;", "import a.b;", "import static c.d.*;"],
        ["/** About */", "// one"],
    ),
    "javascript": Sample(
        """\
import a from "a";
const r = require("r");
export * from "b";
// about
export function f() {}
function* gen() { function inner() {} }
export default class C {
  static x = 1;
  y = () => 2;
  #p() {}
  get q() { return 1 }
}
const g = () => 1, h = function () {};
const k = async () => {
  await 1;
};
""",
        [
            "function f 5-5",
            "function gen 6-6",
            "  function inner 6-6",
            "class C 7-12",
            "  method y 9-9",
            "  method #p 10-10",
            "  method q 11-11",
            "function g 13-13",
            "function h 13-13",
            "function k 14-16",
        ],
        ['import a from "a";', 'const r = require("r");', 'export * from "b";'],
        ["// about"],
    ),
    "lua": Sample(
        """\
local a = require("a")
-- about
local function f() end
function M.x:y() end
M.z = function() end
""",
        ["function f 3-3", "function M.x:y 4-4", "function M.z 5-5"],
        ['local a = require("a")'],
        ["-- about"],
    ),
    "php": Sample(
        """\
<?php
namespace N;
use A\\B;
require "a.php";
// about
function f() {}
#[Attr]
class C {
    const X = 1;
    /** one */
    public function m() {}
}
interface I {}
trait T {}
enum E { case A; }
""",
        [
            "function f 6-6",
            "class C 7-12",
            "  method m 11-11",
            "interface I 13-13",
            "trait T 14-14",
            "enum E 15-15",
        ],
        ["use A\\B;", 'require "a.php";'],
        ["// about", "/** one */"],
    ),
    "python": Sample(
        """\
import a
from b import (
    c,
)
if TYPE_CHECKING:
    from d import e
# about
@decorated
def f():
    import inner
    def g(): pass
class C:
    async def m(self): pass
    class D: pass
""",
        ["function f 8-11", "  function g 11-11", "class C 12-14", "  method m 13-13", "  class D 14-14"],
        ["import a", "from b import (", "    c,", ")", "    from d import e"],
        ["# about"],
    ),
    "ruby": Sample(
        """\
require "a"
require_relative "b"
# about
module M
  class C
    def m; end
    def self.s
      load "x"
    end
  end
end
class A::B; end
""",
        ["module M 4-11", "  class C 5-10", "    method m 6-6", "    method s 7-9", "class A::B 12-12"],
        ['require "a"', 'require_relative "b"'],
        ["# about"],
    ),
    "rust": Sample(
        """\
use a::b;
mod other;
extern crate c;
// about
mod m { fn x() {} }
/* f */
fn f() {}
struct S;
enum E { A }
trait T { fn q(&self); }
impl T for S {
    fn q(&self) {}
}
macro_rules! mac { () => {} }
type X = i32;
""",
        [
            "module m 5-5",
            "  function x 5-5",
            "function f 7-7",
            "struct S 8-8",
            "enum E 9-9",
            "trait T 10-10",
            "  method q 10-10",
            "impl S 11-13",
            "  method q 12-12",
            "macro mac 14-14",
            "type X 15-15",
        ],
        ["use a::b;", "mod other;", "extern crate c;"],
        ["// about", "/* f */"],
    ),
    "tsx": Sample(
        """\
import React from "react";
export const A = (): JSX.Element => <div>{/* c */}</div>;
interface P { a: number }
""",
        ["function A 2-2", "interface P 3-3"],
        ['import React from "react";'],
        ["/* c */"],
    ),
    "typescript": Sample(
        """\
import { a } from "a";
// about
interface I { m(): void }
type T = number;
export enum E { A }
namespace N { function z() {} }
@dec
export abstract class C {
  x = () => 1;
  private m(): void {}
  abstract q(): void;
}
declare module "x" {}
""",
        [
            "interface I 3-3",
            "  method m 3-3",
            "type T 4-4",
            "enum E 5-5",
            "namespace N 6-6",
            "  function z 6-6",
            "class C 7-12",
            "  method x 9-9",
            "  method m 10-10",
            "  method q 11-11",
            'module "x" 13-13',
        ],
        ['import { a } from "a";'],
        ["// about"],
    ),
}
