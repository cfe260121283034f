import ts from 'typescript';
import { parse, read, tableRows, visit } from './sources.js';

/** The type of every event and its fields, optional ones with a `?`, as `SindriEvent` declares them. */
function declaredEvents(): Map<string, string[]> {
  const events = new Map<string, string[]>();
  visit(parse('packages/core/src/model/events.ts'), (node) => {
    if (!ts.isTypeAliasDeclaration(node) || node.name.text !== 'SindriEvent' || !ts.isUnionTypeNode(node.type)) return;
    for (const member of node.type.types.filter(ts.isTypeLiteralNode)) {
      const fields = member.members.filter(ts.isPropertySignature);
      const type = fields.find(({ name }) => name.getText() === 'type')?.type?.getText() ?? '';
      events.set(
        type.replaceAll("'", ''),
        fields
          .filter(({ name }) => name.getText() !== 'type')
          .map(({ name, questionToken }) => `${name.getText()}${questionToken === undefined ? '' : '?'}`),
      );
    }
  });
  return events;
}

test('docs/events.md has every event with its fields, in the order of packages/core/src/model/events.ts', () => {
  const names = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  const told = tableRows(read('docs/events.md')).map(([type, fields]) => [names(type)[0], names(fields)]);
  const declared = [...declaredEvents()];
  expect(declared.length).toBeGreaterThan(10);
  expect(told).toEqual(declared);
});
