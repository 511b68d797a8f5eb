import { Menu } from "@base-ui/react/menu";
import type { ValueFormat } from "@novywave/protocol";
import { parseFixed, type FixedFormat } from "@novywave/waveform/format";
import { Check, ChevronDown, X } from "lucide-react";
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type DragEvent } from "react";
import { shortNames, type RowName } from "../model/names.js";
import { layoutRows, rowAt, rowsBetween, totalHeight } from "../model/row-layout.js";
import { formatExact } from "../model/timebase.js";
import { blackoutAtCursor, formatOf, formatsOf, type Row } from "../state/app-state.js";
import { valueText } from "../timeline/value-text.js";
import { useApp, useAppState, useVersion } from "./app-context.js";
import { CutName, IconButton } from "./parts.js";

interface FormatName {
  readonly label: string;
  readonly short: string;
}

const FORMAT_NAMES: Readonly<Record<Exclude<ValueFormat, FixedFormat>, FormatName>> = {
  hex: { label: "Hexadecimal", short: "hex" },
  bin: { label: "Binary", short: "bin" },
  unsigned: { label: "Decimal, unsigned", short: "uns" },
  signed: { label: "Decimal, signed", short: "sgn" },
  oct: { label: "Octal", short: "oct" },
  ascii: { label: "ASCII", short: "asc" },
  vhdl: { label: "VHDL states", short: "std" },
  named: { label: "Name or unit", short: "nam" },
  half: { label: "Float, half", short: "f16" },
  bfloat16: { label: "Float, bfloat16", short: "b16" },
  single: { label: "Float, single", short: "f32" },
  double: { label: "Float, double", short: "f64" },
  real: { label: "Number", short: "num" },
  analog: { label: "Analog curve", short: "ana" },
  string: { label: "Text", short: "txt" },
};

const isFixed = (format: ValueFormat): format is FixedFormat => format.includes(":");

/** What a format is called. */
function formatName(format: ValueFormat): FormatName {
  const fixed = parseFixed(format);
  if (fixed === undefined) return isFixed(format) ? { label: format, short: format } : FORMAT_NAMES[format];
  const { signed, fraction } = fixed;
  return {
    label: `Fixed point, ${signed ? "signed" : "unsigned"}, ${fraction} ${fraction === 1 ? "bit" : "bits"} after the point`,
    short: `${signed ? "q" : "u"}${fraction}`,
  };
}

/** The selected variables: name, value at the cursor, format. Rows stand beside their waves. */
export function RowsPane() {
  const app = useApp();
  const rows = useAppState((state) => state.rows);
  const cursor = useAppState((state) => state.cursor);
  const base = useAppState((state) => state.base);
  const focus = useAppState((state) => state.focus);
  const scrollRef = useRef<HTMLDivElement>(null);
  const [drop, setDrop] = useState<number>();
  const measures = useAppState((state) => state.measures);
  const layout = useMemo(() => layoutRows(rows, measures), [rows, measures]);
  const names = useMemo(() => shortNames(rows), [rows]);
  useVersion(app.scroll.changed, () => `${app.scroll.top} ${app.scroll.height}`);
  useLayoutEffect(() => {
    const element = scrollRef.current ?? undefined;
    app.scroll.attach(element);
    const observer = new ResizeObserver(() => app.scroll.read());
    if (element) observer.observe(element);
    return () => {
      observer.disconnect();
      app.scroll.attach(undefined);
    };
  }, [app]);
  useEffect(() => app.scroll.read(), [app, layout]);
  const { first, last } = rowsBetween(layout, app.scroll.top - 200, app.scroll.top + app.scroll.height + 200);
  const dropIndex = (event: DragEvent): number => {
    const box = scrollRef.current?.getBoundingClientRect();
    const y = event.clientY - (box?.top ?? 0) + app.scroll.top;
    if (rows.length === 0 || y >= totalHeight(layout)) return rows.length;
    const index = rowAt(layout, y);
    const middle = ((layout.tops[index] ?? 0) + (layout.tops[index + 1] ?? 0)) / 2;
    return y > middle ? index + 1 : index;
  };
  return (
    <section className="pane rows-pane" aria-label="Selected variables pane">
      <header className="rows-header">
        <span className="rows-name">Name</span>
        <span className="rows-value" title="Value at the cursor">
          {cursor === undefined ? "Value" : formatExact(cursor, base)}
        </span>
      </header>
      <div
        ref={scrollRef}
        id="selected-variables"
        className="rows-scroll"
        role="grid"
        aria-label="Selected variables"
        aria-rowcount={rows.length}
        aria-activedescendant={focus === undefined ? undefined : `row:${focus}`}
        tabIndex={0}
        onScroll={() => app.scroll.read()}
        onDragOver={(event) => {
          if (!app.drag) return;
          event.preventDefault();
          event.dataTransfer.dropEffect = app.drag.kind === "row" ? "move" : "copy";
          setDrop(dropIndex(event));
        }}
        onDragLeave={() => setDrop(undefined)}
        onDrop={(event) => {
          event.preventDefault();
          setDrop(undefined);
          const { drag } = app;
          app.drag = undefined;
          const at = dropIndex(event);
          if (drag?.kind === "variables") app.addVariables(drag.file, drag.infos, at);
          if (drag?.kind === "row") {
            const from = rows.findIndex((row) => row.key === drag.key);
            app.store.dispatch({ type: "row-moved", key: drag.key, to: at > from ? at - 1 : at });
          }
        }}
      >
        <div className="virtual" style={{ height: totalHeight(layout) }}>
          {rows.slice(first, last + 1).map((row, offset) => {
            const index = first + offset;
            const top = layout.tops[index] ?? 0;
            return (
              <RowLine
                key={row.key}
                row={row}
                name={names.get(row.key)}
                index={index}
                focused={row.key === focus}
                top={top}
                height={(layout.tops[index + 1] ?? 0) - top}
              />
            );
          })}
          {drop !== undefined && rows.length > 0 && (
            <div
              className="drop-line"
              style={{ transform: `translateY(${(layout.tops[drop] ?? 0) - 1}px)` }}
            />
          )}
        </div>
      </div>
    </section>
  );
}

function RowLine(props: {
  row: Row;
  name: RowName | undefined;
  index: number;
  focused: boolean;
  top: number;
  height: number;
}) {
  const app = useApp();
  const { row, name } = props;
  const value = useAppState((state) => state.values.get(row.key));
  const file = useAppState((state) => state.files.get(row.file));
  const info = row.resolution.kind === "ready" ? row.resolution.info : undefined;
  const format = formatOf(row);
  const gone = row.resolution.kind === "missing";
  const blackout = useAppState((state) => blackoutAtCursor(state, row.file));
  const exponent = useAppState((state) => state.fileTimes.get(row.file)?.exponent);
  const fileState =
    file?.state === "missing" || file?.state === "error" || file?.state === "empty" ? file.state : undefined;
  const waiting = row.resolution.kind === "resolving";
  const text = value === undefined || value === null ? "" : valueText(value, format, info);
  const tone =
    /^[^0-9a-f]*[xu]/i.test(text) && info?.kind === "bits" && format !== "ascii" && format !== "named"
      ? "is-unknown"
      : "";
  return (
    <div
      id={`row:${row.key}`}
      role="row"
      aria-selected={props.focused}
      aria-label={row.name}
      aria-rowindex={props.index + 1}
      data-testid={`row:${row.name}`}
      data-state={gone ? "missing" : fileState ? `file-${fileState}` : row.resolution.kind}
      className={`row-line ${props.focused ? "is-focused" : ""} ${gone ? "is-missing" : ""} ${fileState ? "is-dimmed" : ""}`}
      style={{ height: props.height, transform: `translateY(${props.top}px)` }}
      title={`${row.name}\n${row.file}${info ? `\n${info.type}${info.width > 1 ? `, ${info.width} bits` : ""}` : ""}`}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", row.name);
        app.drag = { kind: "row", key: row.key };
      }}
      onDragEnd={() => {
        app.drag = undefined;
      }}
      onClick={() => app.focusRow(row.key)}
    >
      <span className="row-name" role="gridcell">
        {name && name.scope !== "" && (
          <>
            <span className="row-scope">
              <CutName name={name.scope} kept={6} />
              <span className="cut-end">.</span>
            </span>
          </>
        )}
        <CutName name={name?.leaf ?? row.name} />
      </span>
      {gone ? (
        <span
          role="gridcell"
          className="chip is-error"
          title={`${row.file} has no variable ${row.name} any more`}
        >
          missing
        </span>
      ) : fileState ? (
        <span role="gridcell" className="chip" title={file?.message}>
          file {fileState === "error" ? "unreadable" : fileState}
        </span>
      ) : blackout && exponent !== undefined ? (
        <span
          role="gridcell"
          className="row-value is-unrecorded"
          data-testid={`value:${row.name}`}
          title={`Recording was switched off from ${formatExact(blackout.from, exponent)} to ${formatExact(blackout.to, exponent)}`}
        >
          not recorded
        </span>
      ) : (
        <span role="gridcell" className={`row-value ${tone}`} data-testid={`value:${row.name}`} title={text}>
          {waiting ? <span className="loading-bar" /> : text === "" ? "–" : text}
        </span>
      )}
      <span role="gridcell" className="row-tools">
        {info && <FormatMenu row={row} format={format} />}
        <IconButton
          className="row-remove"
          label={`Remove ${row.name}`}
          onClick={() => app.removeRow(row.key)}
        >
          <X size="1.3rem" aria-hidden="true" />
        </IconButton>
      </span>
    </div>
  );
}

function FormatMenu({ row, format }: { row: Row; format: ValueFormat }) {
  const app = useApp();
  if (row.resolution.kind !== "ready") return null;
  const formats = formatsOf(row.resolution.info);
  return (
    <Menu.Root>
      <Menu.Trigger
        className="format-trigger"
        aria-label={`Format of ${row.name}: ${formatName(format).label}`}
        disabled={formats.length < 2}
        onClick={(event) => event.stopPropagation()}
      >
        {formatName(format).short}
        <ChevronDown size="1rem" aria-hidden="true" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={2} align="end" className="menu-positioner">
          <Menu.Popup className="menu">
            <Menu.RadioGroup
              value={format}
              onValueChange={(next: ValueFormat) => app.setFormat(row.key, next)}
            >
              {formats.map((option) => (
                <Menu.RadioItem key={option} value={option} className="menu-item" closeOnClick>
                  <span className="menu-check">
                    <Menu.RadioItemIndicator>
                      <Check size="1.3rem" aria-hidden="true" />
                    </Menu.RadioItemIndicator>
                  </span>
                  {formatName(option).label}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
