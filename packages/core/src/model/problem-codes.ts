/** Codes of the problems that core itself finds in a `sindri.yaml`. Providers add their own. */
export type ConfigProblemCode =
  /** Not YAML at all, or YAML that a config cannot be: several documents, tags, endless aliases. */
  | 'CONFIG_SYNTAX'
  | 'CONFIG_EMPTY'
  | 'CONFIG_KEY_TWICE'
  /** `${VAR}` without a value. */
  | 'CONFIG_VARIABLE_UNSET'
  /** `${` that Sindri does not understand. */
  | 'CONFIG_VARIABLE_SYNTAX'
  /** A variable that is named like a secret fills in a value that is not kept secret. */
  | 'CONFIG_VARIABLE_SECRET'
  /** One key in two spellings or in two places, with different values. */
  | 'CONFIG_SPELLING_CONFLICT'
  /** The same with equal values. */
  | 'CONFIG_SPELLING_TWICE'
  | 'CONFIG_UNKNOWN_KEY'
  | 'CONFIG_MISSING_KEY'
  | 'CONFIG_VALUE'
  | 'CONFIG_SIZE'
  /** A size without a unit. */
  | 'CONFIG_SIZE_UNIT'
  /** A value that YAML reads differently from how it looks. */
  | 'CONFIG_QUOTES'
  | 'CONFIG_IMAGE'
  | 'CONFIG_PROFILE_UNKNOWN'
  | 'CONFIG_EXTENSIONS'
  | 'CONFIG_SECRET_TWICE'
  /** Keys that have no effect where or how they are used. */
  | 'CONFIG_NO_EFFECT'
  /** Something is not in the file and Sindri chose it. */
  | 'CONFIG_DEFAULTED'
  | 'CONFIG_PROVIDER_TYPO';
