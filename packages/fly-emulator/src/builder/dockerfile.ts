const INSTRUCTIONS = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);

/**
 * Looks at the instructions of a Dockerfile as BuildKit's parser does before it runs any: which there are, and that the first but `ARG` is
 * `FROM`. Returns how many, or what is wrong in BuildKit's words.
 */
export function checkDockerfile(text: string): { instructions: number } | { problem: string } {
  let instructions = 0;
  let hasBase = false;
  let heredocs: string[] = [];
  let continued = false;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (heredocs.length > 0) {
      if (line.trim() === heredocs[0]) heredocs.shift();
      continue;
    }
    const words = line.trim();
    if (words === '' || words.startsWith('#')) continue;
    if (!continued) {
      const name = words.split(/\s/)[0] ?? '';
      if (!INSTRUCTIONS.has(name.toUpperCase())) {
        return { problem: `dockerfile parse error on line ${index + 1}: unknown instruction: ${name}` };
      }
      const isFrom = name.toUpperCase() === 'FROM';
      if (isFrom && words.split(/\s+/).length < 2) {
        return { problem: `dockerfile parse error on line ${index + 1}: FROM requires either one or three arguments` };
      }
      if (!hasBase && !isFrom && name.toUpperCase() !== 'ARG') {
        return { problem: `dockerfile parse error on line ${index + 1}: no build stage in current context` };
      }
      hasBase ||= isFrom;
      instructions += 1;
      heredocs = [...words.matchAll(/<<-?["']?([A-Za-z_]\w*)["']?/g)].map((match) => match[1] as string);
    }
    continued = words.endsWith('\\');
  }
  return hasBase ? { instructions } : { problem: 'file with no instructions' };
}
