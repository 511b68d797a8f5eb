import { parseConfig, workspaceEdits, type WorkspaceConfig } from "@novywave/config";
import { viewStatusSchema, type WorkspaceView } from "@novywave/protocol";
import { describe, expect, test } from "vitest";
import { storedView, viewFromConfig } from "./view-mapping.js";

function config(text: string): WorkspaceConfig {
  const parsed = parseConfig(text);
  if (!parsed.ok) throw new Error(parsed.error[0]?.message);
  return parsed.value;
}

const view: WorkspaceView = {
  theme: "system",
  activeFile: "a.vcd",
  openFiles: ["a.vcd", "b.vcd"],
  rows: [
    { file: "a.vcd", name: "tb.clk" },
    { file: "b.vcd", name: "tb.level", format: "analog", height: 96 },
    { file: "a.vcd", name: "tb.count", format: "hex" },
  ],
  files: [
    {
      path: "a.vcd",
      selected: [{ name: "tb.clk" }, { name: "tb.count", format: "hex" }],
      cursor: "5",
      marker: "3",
      expandedScopes: ["tb", "tb.dut"],
    },
    { path: "b.vcd", selected: [{ name: "tb.level", format: "analog", height: 96 }] },
  ],
};

describe("a view that goes into the file and comes back", () => {
  test("keeps the order of rows of several files, their heights, and the unfolded scopes", () => {
    const stored = storedView(view);
    expect(stored.selected.map(({ file, variable }) => `${file} ${variable}`)).toEqual([
      "a.vcd tb.clk",
      "b.vcd tb.level",
      "a.vcd tb.count",
    ]);
    expect(viewFromConfig({ ...config(""), workspace: stored })).toEqual(view);
  });

  test("without a list of rows, those of the files count", () => {
    const { rows: _rows, ...grouped } = view;
    expect(storedView(grouped).selected.map(({ variable }) => variable)).toEqual([
      "tb.clk",
      "tb.count",
      "tb.level",
    ]);
  });

  test("R2.3 leaves what it does not know where it was", () => {
    const text =
      '[[workspace.selected]]\nfile = "a.vcd"\nvariable = "tb.clk"\nformat = "hex"\ncolour = "red"\n';
    const edits = workspaceEdits(text, storedView(view));
    expect(JSON.stringify(edits)).toContain("red");
  });
});

test("what the protocol does not carry is left out, and the rest is shown", () => {
  const long = "x".repeat(5_000);
  const found = viewFromConfig(
    config(`
[workspace]
active_file = "a.vcd"
[[workspace.selected]]
file = "a.vcd"
variable = "${long}"
format = "hex"
[[workspace.selected]]
file = "a.vcd"
variable = "tb.clk"
format = "from the future"
[workspace.cursors."a.vcd"]
cursor = "${"9".repeat(30)}"
start = "1"
[workspace.cursors.""]
cursor = "1"
[workspace.cursors."${long}"]
cursor = "1"
[workspace.expanded]
"a.vcd" = ["tb", "${long}"]
`),
  );
  expect(viewStatusSchema.safeParse({ value: found, revision: 0 }).error).toBeUndefined();
  expect(found.rows).toEqual([{ file: "a.vcd", name: "tb.clk" }]);
  expect(found.files).toEqual([
    { path: "a.vcd", selected: [{ name: "tb.clk" }], start: "1", expandedScopes: ["tb"] },
  ]);
});
