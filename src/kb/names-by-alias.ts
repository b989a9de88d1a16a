import { StringColumn, type StringColumns, type TextColumn } from "./string-column.js";
import type { StringTable } from "./string-table.js";

/** Names that are mostly aliases too: the row of the alias, or -1 - i for the i-th of those that are none. */
export interface NameColumns {
  /** [entities] */
  readonly rows: Int32Array;
  readonly own: StringColumns;
}

/** Names that are kept once, as aliases. Aliases that are added later don't move them. */
export class NamesByAlias implements TextColumn {
  private readonly own: StringColumn;

  constructor(
    private readonly aliases: StringTable,
    private readonly columns: NameColumns,
  ) {
    this.own = StringColumn.fromColumns(columns.own);
  }

  static of(names: TextColumn, aliases: StringTable): NamesByAlias {
    if (names instanceof NamesByAlias && names.aliases === aliases) return names;
    const rows = new Int32Array(names.size);
    const own = new StringColumn();
    for (let i = 0; i < rows.length; i++) {
      const name = names.at(i);
      const alias = aliases.get(name);
      rows[i] = alias >= 0 ? alias : -1 - own.push(name);
    }
    return new NamesByAlias(aliases, { rows, own: own.toColumns() });
  }

  get size(): number {
    return this.columns.rows.length;
  }

  at(i: number): string {
    if (!(i >= 0 && i < this.size)) throw new RangeError(`String ${i} of ${this.size}`);
    const row = this.columns.rows[i] as number;
    return row >= 0 ? this.aliases.at(row) : this.own.at(-1 - row);
  }

  toColumns(): NameColumns {
    return this.columns;
  }
}
