/**
 * A script of `count` short statements over 97 tables, the same on every run. Most are like an earlier one but for their
 * literals, as in what programs write; with as many tables as statements none are.
 */
export function largeScript(count: number, tables = 97): string {
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    const table = `app.readings_${i % tables}`;
    switch (i % 6) {
      case 0:
        lines.push(`INSERT INTO ${table} (id, label) VALUES (${i}, 'label ${i % 13}');`);
        break;
      case 1:
        lines.push(`SELECT id, label FROM ${table} WHERE id = ${i};`);
        break;
      case 2:
        lines.push(`UPDATE ${table} SET label = 'new' WHERE id = ${i};`);
        break;
      case 3:
        lines.push(`DELETE FROM ${table} WHERE id = ${i};`);
        break;
      case 4:
        lines.push(`SELECT * FROM ${table} WHERE lower(label) = 'x${i}';`);
        break;
      default:
        lines.push(`SELECT r.id FROM ${table} r JOIN app.sites s ON s.id = r.site_id WHERE r.label LIKE 'q${i}%';`);
    }
  }
  return `${lines.join('\n')}\n`;
}
