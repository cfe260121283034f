import type { ShellName } from './words.js';

/** The script of one shell, as a document. */
export interface CompletionResult {
  schema: 'sindri.completion/1';
  shell: ShellName;
  script: string;
}

/**
 * What a shell must be told to complete `sindri`. `program` is how it starts, spelled for a shell: never the word that is being
 * completed, because `./sindri` of a strange folder must not run at a Tab. Every script asks `complete`, which answers with one line that
 * says what follows (`words` or `files`), then a candidate per line, with a tab and a description.
 */
export function completionScript(shell: ShellName, program: string): string {
  return `${{ bash, zsh, fish }[shell].replaceAll('PROGRAM', () => program)}\n`;
}

const bash = String.raw`# Completion of sindri for bash.
_sindri_complete() {
  local line kind='' typed="${'${COMP_WORDS[COMP_CWORD]}'}"
  COMPREPLY=()
  while IFS= read -r line; do
    if [ -z "$kind" ]; then
      kind=$line
      continue
    fi
    line=${"${line%%$'\\t'*}"}
    case $typed in
      # Readline closes the quote; a value with that quote in it cannot stand there.
      \"*) [[ $line == *[\"\$\`\\]* ]] || COMPREPLY+=("$line") ;;
      \'*) [[ $line == *\'* ]] || COMPREPLY+=("$line") ;;
      *)
        printf -v line '%q' "$line"
        COMPREPLY+=("$line")
        ;;
    esac
  done < <(PROGRAM complete bash -- "${'${COMP_WORDS[@]:1:COMP_CWORD}'}" 2>/dev/null)
  if [ "$kind" = files ]; then
    compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "$typed"))
  fi
}
complete -F _sindri_complete sindri`;

const zsh = String.raw`# Completion of sindri for zsh.
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
_sindri() {
  local line kind=
  local -a values shown
  while IFS= read -r line; do
    if [[ -z $kind ]]; then
      kind=$line
      continue
    fi
    values+=("${"${line%%$'\\t'*}"}")
    shown+=("${"${line/$'\\t'/  -- }"}")
  done < <(PROGRAM complete zsh -- "${'${(@Q)words[2,CURRENT-1]}'}" "${'${(Q)PREFIX}'}" 2>/dev/null)
  if [[ $kind == files ]]; then
    _files
  elif (( $#values )); then
    compadd -l -d shown -a values
  fi
}
compdef _sindri sindri`;

const fish = String.raw`# Completion of sindri for fish.
function __sindri_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (PROGRAM complete fish -- $words[2..-1] "$current" 2>/dev/null)
    if test "$lines[1]" = files
        __fish_complete_path "$current"
    else if test (count $lines) -gt 1
        printf '%s\n' $lines[2..-1]
    end
end
complete -c sindri -f -a '(__sindri_complete)'`;
