import type { JSX } from 'preact';

/** The head of a table whose roles are named, since its style may take them away. */
export function TableHead({ titles }: { readonly titles: readonly string[] }): JSX.Element {
  return (
    <thead role="rowgroup">
      <tr role="row">
        {titles.map(title => (
          <th key={title} role="columnheader" scope="col">
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
}
