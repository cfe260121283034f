/** In place of a native addon that was not built. */
throw Object.assign(new Error('this addon is absent on purpose'), { code: 'MODULE_NOT_FOUND' });
