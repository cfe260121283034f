/** Variables by name, as a process has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What became of a text with `${…}` in it. */
export interface Interpolated {
  text: string;
  /** Names of the variables whose value went into {@link Interpolated.text}. */
  variables: string[];
  faults: InterpolationFault[];
}

export interface InterpolationFault {
  kind: 'unset' | 'syntax';
  message: string;
  hint?: string;
  /** Where in the text the `$` is. */
  offset: number;
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const MAXIMUM_NESTING = 10;

/**
 * Fills in `${VAR}`, `${VAR:-default}` (when unset or empty) and `${VAR:?message}` (likewise an error); `$$` is one `$`. A
 * default may contain further variables. Any other `$` stands for itself.
 */
export function interpolate(text: string, variables: Variables): Interpolated {
  const used = new Set<string>();
  const faults: InterpolationFault[] = [];
  const missing = new Set<string>();
  const { text: result } = scan(0, 0, true);
  return { text: result, variables: [...used], faults };

  /** Reads up to the end, or inside of `${…}` up to its closing brace. `live` is false for a default that is not needed. */
  function scan(start: number, depth: number, live: boolean): { text: string; end: number; closed: boolean } {
    let output = '';
    let index = start;
    while (index < text.length) {
      const character = text.charAt(index);
      if (depth > 0 && character === '}') return { text: output, end: index + 1, closed: true };
      if (character === '$' && text.charAt(index + 1) === '$') {
        output += '$';
        index += 2;
      } else if (character === '$' && text.charAt(index + 1) === '{') {
        const reference = read(index, depth, live);
        output += reference.text;
        index = reference.end;
      } else {
        output += character;
        index += 1;
      }
    }
    return { text: output, end: index, closed: false };
  }

  /** Reads one `${…}` whose `$` is at `offset`. */
  function read(offset: number, depth: number, live: boolean): { text: string; end: number } {
    const fault = (message: string, hint?: string): { text: string; end: number } => {
      // What is open around it cannot close any more; that is no news.
      if (!faults.some(({ kind }) => kind === 'syntax')) {
        faults.push({ kind: 'syntax', message, offset, ...(hint === undefined ? {} : { hint }) });
      }
      return { text: '', end: text.length };
    };
    if (depth >= MAXIMUM_NESTING) return fault('Variables are nested too deeply here.');
    NAME.lastIndex = offset + 2;
    const name = NAME.exec(text)?.[0];
    if (name === undefined) return fault('`${` must be followed by the name of a variable.', LITERAL_HINT);
    const after = offset + 2 + name.length;
    if (text.charAt(after) === '}') return { text: valueOf(name, offset, live), end: after + 1 };
    const operator = text.slice(after, after + 2);
    if (after >= text.length) return fault(`\`\${${name}\` has no closing \`}\`.`, LITERAL_HINT);
    if (operator !== ':-' && operator !== ':?') {
      return fault(`\`\${${name}${text.charAt(after)}…\` is not understood.`, FORMS_HINT);
    }
    const value = valueOfVariable(variables, name);
    const present = value !== undefined && value !== '';
    const rest = scan(after + 2, depth + 1, live && !present);
    if (!rest.closed) return fault(`\`\${${name}${operator}…\` has no closing \`}\`.`, LITERAL_HINT);
    if (present) {
      if (live) used.add(name);
      return { text: value, end: rest.end };
    }
    if (operator === ':?' && live) {
      const reason = rest.text.trim();
      const message = `The variable ${name} has no value${reason === '' ? '.' : `: ${reason}`}`;
      reportMissing(name, { kind: 'unset', message, hint: `Set ${name} in the shell.`, offset });
    }
    return { text: operator === ':-' ? rest.text : '', end: rest.end };
  }

  function valueOf(name: string, offset: number, live: boolean): string {
    if (!live) return '';
    const value = valueOfVariable(variables, name);
    if (value !== undefined) {
      used.add(name);
      return value;
    }
    const hint = `Set it in the shell, or give a default: \`\${${name}:-value}\`.`;
    reportMissing(name, { kind: 'unset', message: `The variable ${name} is not set.`, hint, offset });
    return '';
  }

  /** Once for each variable, where it comes first. */
  function reportMissing(name: string, fault: InterpolationFault): void {
    if (!missing.has(name)) faults.push(fault);
    missing.add(name);
  }
}

/** Own values only: `${constructor}` is not set. */
export function valueOfVariable(variables: Variables, name: string): string | undefined {
  return Object.hasOwn(variables, name) ? variables[name] : undefined;
}

const LITERAL_HINT = 'Write `$$` for a plain dollar sign.';
const FORMS_HINT = 'Known are `${VAR}`, `${VAR:-default}` and `${VAR:?message}`.';
