import { commandWords } from '../src/command-words.js';
import { NO_BREAK, plainBlanks, spellCommands } from '../src/commands-in-text.js';
import snapshot from './command-snapshot.json';

const spell = (text: string, place = {}, typed = './sindri') => spellCommands(text, { typed, place });

describe('commands in a text', () => {
  it.each([
    ['Run `sindri deploy` first.', 'Run `./sindri deploy` first.'],
    ['sindri plan, then sindri\n    connect -- ls', './sindri plan, then ./sindri\n    connect -- ls'],
    // Neither a part of another name nor something else than a command.
    ['my-sindri deploy, /opt/sindri deploy, sindri.yaml', 'my-sindri deploy, /opt/sindri deploy, sindri.yaml'],
    ['sindri deploys nothing; sindri is small', 'sindri deploys nothing; sindri is small'],
    // Spelled already.
    ['./sindri deploy', './sindri deploy'],
    ['npx sindri deploy', 'npx sindri deploy'],
  ])('%j', (text, expected) => {
    expect(plainBlanks(spell(text))).toBe(expected);
  });

  it.each([
    ['Run `sindri deploy` first.', 'Run `sindri deploy --local -c "it"` first.'],
    ['Begin anew: sindri destroy, then sindri deploy', 'Begin anew: sindri destroy @, then sindri deploy @'],
    ['Grow it: sindri volume extend 40GB', 'Grow it: sindri volume extend @ 40GB'],
    ['See: sindri tunnel peers list --all', 'See: sindri tunnel peers list @ --all'],
    ['Or sindri tunnel makes it reachable', 'Or sindri tunnel @ makes it reachable'],
    ['Use `sindri exec --method api -- ls`.', 'Use `sindri exec @ --method api -- ls`.'],
    ['Run sindri destroy again: it continues.', 'Run sindri destroy @ again: it continues.'],
    // What is said already is not said again; a word of the remote command is none of ours.
    ['Look: sindri status -c FILE', 'Look: sindri status --local -c FILE'],
    ['Type: sindri exec --local -- ls --config x', 'Type: sindri exec -c other.yaml --local -- ls --config x'],
    // These are about no environment.
    ['See: sindri deploy --help', 'See: sindri deploy --help'],
    ['Write one: sindri config init', 'Write one: sindri config init'],
    ['Install one: sindri plugins install <package>', 'Install one: sindri plugins install <package>'],
    ['Start it: sindri emulator start', 'Start it: sindri emulator start'],
    ['Try: sindri provider verify paper', 'Try: sindri provider verify paper'],
    // This is about a provider, and about no config.
    ['Sign in again: sindri auth login', 'Sign in again: sindri auth login --local'],
  ])('lead to the same environment: %j', (text, expected) => {
    const shown = plainBlanks(spell(text, { local: true, config: 'other.yaml' }, 'sindri'));
    expect(shown).toBe(expected.replace('--local -c "it"', '@').replaceAll('@', '--local -c other.yaml'));
  });

  it.each([
    ['Put it before: sindri exec -- sh -c "a; b"', 'sindri exec -- sh -c "a; b"'],
    ["Try: sindri exec -- 'cd app && npm test | tail'", "sindri exec -- 'cd app && npm test | tail'"],
    ['  sindri plan      what deploying would do', 'sindri plan'],
    ['Did you mean: sindri config init (all commands: x)', 'sindri config init'],
    ['Link it: sindri plugins link .', 'sindri plugins link .'],
    ['It may tell why: sindri logs. Then go on.', 'sindri logs'],
    ['Leave it: sindri stop ends', 'sindri stop ends'],
    ['Then sindri stop --suspend keeps it', 'sindri stop --suspend'],
    ['Use sindri plan -c a.yaml to see it', 'sindri plan -c a.yaml'],
    ['Make one: ssh-keygen -t ed25519', 'ssh-keygen -t ed25519'],
    ['scp notes.txt demo:', 'scp notes.txt demo:'],
    ['Cannot reach it: ssh is not there', ''],
  ])('are kept together: %j', (text, expected) => {
    const words = spell(text, {}, 'sindri').split(' ');
    const kept = words.find((word) => word.includes(NO_BREAK)) ?? '';
    // A full stop behind it stays with it on the line.
    expect(plainBlanks(kept).replace(/(?<=logs)\.$/, '')).toBe(expected);
  });

  it('a file name with a blank is one word of the command', () => {
    expect(plainBlanks(spell('See: sindri status', { config: 'my file.yaml' }))).toBe(
      "See: ./sindri status -c 'my file.yaml'",
    );
  });

  it('puts options behind all words of a command', () => {
    const commands = snapshot.map(({ command }) => `Type: sindri ${command}`);
    expect(commands.filter((text) => !plainBlanks(spell(text, { local: true }, 'sindri')).startsWith(text))).toEqual(
      [],
    );
  });

  it('knows the first word of every command', () => {
    const words = new Set(snapshot.map(({ command }) => command.split(' ')[0] as string));
    expect([...words].filter((word) => !commandWords.includes(word))).toEqual([]);
  });
});
