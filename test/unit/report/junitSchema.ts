/**
 * The elements of a JUnit report as the Jenkins plug-in and Ant's task describe them: which may stand in which, their
 * attributes, and which of those are numbers.
 */
const ELEMENTS: Readonly<
  Record<
    string,
    { readonly children: readonly string[]; readonly required: readonly string[]; readonly optional: readonly string[] }
  >
> = {
  testsuites: {
    children: ['testsuite'],
    required: [],
    optional: ['name', 'time', 'tests', 'failures', 'errors', 'disabled'],
  },
  testsuite: {
    children: ['testcase', 'properties', 'system-out', 'system-err'],
    required: ['name', 'tests', 'failures', 'errors'],
    optional: ['time', 'skipped', 'disabled', 'timestamp', 'hostname', 'id', 'package'],
  },
  testcase: {
    children: ['failure', 'error', 'skipped', 'system-out', 'system-err'],
    required: ['name', 'classname'],
    optional: ['time', 'assertions', 'status'],
  },
  failure: { children: [], required: ['type'], optional: ['message'] },
  error: { children: [], required: ['type'], optional: ['message'] },
  skipped: { children: [], required: [], optional: ['message'] },
  'system-out': { children: [], required: [], optional: [] },
};

const NUMBERS = /^(?:tests|failures|errors|skipped|disabled|time)$/;
const TOKEN =
  /<\?xml[^>]*\?>|<\/(?<close>[\w-]+)>|<(?<open>[\w-]+)(?<attributes>(?: [\w-]+="[^"<]*")*)(?<empty>\/)?>|(?<text>[^<]+)|(?<other>[^])/g;

interface Open {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: string[];
}

/** What keeps a text from being well-formed XML of these elements, with counts that are right; empty if nothing does. */
export function junitProblems(xml: string): string[] {
  const problems: string[] = [];
  const path: Open[] = [];
  let roots = 0;
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(xml)) problems.push('a character that XML has not');
  if (/&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.test(xml)) problems.push('an entity that XML has not');
  const close = (): void => {
    const { name, attributes, children } = path.pop()!;
    if (name !== 'testsuite') return;
    const cases = children.filter(child => child.startsWith('testcase')).length;
    if (attributes['tests'] !== String(cases)) problems.push(`${cases} tests, not ${attributes['tests']}`);
    for (const [attribute, kind] of [
      ['failures', 'failure'],
      ['errors', 'error'],
      ['skipped', 'skipped'],
    ] as const) {
      const count = children.filter(child => child === `testcase ${kind}`).length;
      if (Number(attributes[attribute] ?? 0) !== count)
        problems.push(`${count} ${attribute}, not ${attributes[attribute]}`);
    }
  };
  for (const { groups = {} } of xml.matchAll(TOKEN)) {
    if (groups['other'] !== undefined) return [...problems, `"${groups['other']}" in the wrong place`];
    if (groups['close'] !== undefined) {
      if (path.at(-1)?.name !== groups['close']) return [...problems, `</${groups['close']}> closes nothing`];
      close();
    }
    if (groups['open'] === undefined) continue;
    const name = groups['open'];
    const attributes = Object.fromEntries(
      [...(groups['attributes'] ?? '').matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]),
    );
    problems.push(...elementProblems(name, attributes, path.at(-1)?.name));
    if (path.length === 0) roots++;
    const around = path.at(-1);
    around?.children.push(name);
    // a case is known by its outcome
    if (around?.name === 'testcase') {
      const siblings = path.at(-2)!.children;
      siblings[siblings.length - 1] = `testcase ${name}`;
    }
    path.push({ name, attributes, children: [] });
    if (groups['empty'] !== undefined) close();
  }
  if (path.length > 0 || roots !== 1) problems.push('not one whole element');
  return problems;
}

function elementProblems(
  name: string,
  attributes: Readonly<Record<string, string>>,
  parent: string | undefined,
): string[] {
  const known = ELEMENTS[name];
  if (!known) return [`there is no <${name}>`];
  const isAllowed = parent === undefined ? name === 'testsuites' : ELEMENTS[parent]?.children.includes(name);
  return [
    ...(isAllowed ? [] : [`<${name}> in <${parent ?? ''}>`]),
    ...known.required.filter(key => !(key in attributes)).map(key => `<${name}> lacks ${key}`),
    ...Object.keys(attributes)
      .filter(key => ![...known.required, ...known.optional].includes(key))
      .map(key => `<${name}> has ${key}`),
    ...Object.entries(attributes)
      .filter(([key, value]) => NUMBERS.test(key) && !/^\d+(?:\.\d+)?$/.test(value))
      .map(([key, value]) => `${key} is ${value}`),
  ];
}
