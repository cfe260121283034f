import type { Shape } from './json-shape.js';

const strings: Shape = { list: 'string' };
const stringMap: Shape = { map: 'string' };

const header: Shape = { object: { name: 'string', values: strings } };

const check: Readonly<Record<string, Shape>> = {
  type: 'string',
  port: 'int',
  interval: 'duration',
  timeout: 'duration',
  grace_period: 'duration',
  method: 'string',
  path: 'string',
  protocol: 'string',
  tls_server_name: 'string',
  tls_skip_verify: 'bool',
  headers: { list: header },
};

const file: Shape = {
  object: { guest_path: 'string', raw_value: 'string', secret_name: 'string', image_config: 'string', mode: 'int' },
};

const restart: Shape = { object: { policy: 'string', max_retries: 'int' } };
const stopConfig: Shape = { object: { signal: 'string', timeout: 'duration' } };
const envFrom: Shape = { list: { object: { env_var: 'string', field_ref: 'string' } } };
const secretRefs: Shape = { list: { object: { env_var: 'string', name: 'string' } } };

export const guestShape: Shape = {
  object: {
    cpu_kind: 'string',
    cpus: 'int',
    memory_mb: 'int',
    max_memory_mb: 'int',
    gpu_kind: 'string',
    gpus: 'int',
    kernel_args: strings,
    host_dedication_id: 'string',
    persist_rootfs: 'string',
  },
};

const service: Shape = {
  object: {
    protocol: 'string',
    internal_port: 'int',
    // Takes words and booleans alike; normalised afterwards.
    autostop: 'any',
    autostart: 'bool',
    min_machines_running: 'int',
    ports: {
      list: {
        object: {
          port: 'int',
          start_port: 'int',
          end_port: 'int',
          handlers: strings,
          force_https: 'bool',
          tls_options: { object: { alpn: strings, versions: strings, default_self_signed: 'bool' } },
          http_options: {
            object: {
              compress: 'bool',
              h2_backend: 'bool',
              idle_timeout: 'int',
              headers_read_timeout: 'int',
              response: { object: { headers: { map: 'any' }, pristine: 'bool' } },
              replay_cache: { list: { map: 'any' } },
            },
          },
          proxy_proto_options: { object: { version: 'string' } },
        },
      },
    },
    concurrency: { object: { type: 'string', soft_limit: 'int', hard_limit: 'int' } },
    checks: { list: { object: check } },
    force_instance_key: 'string',
    force_instance_description: 'string',
  },
};

/** Every key of a MachineConfig that Fly knows; all others vanish. */
export const machineConfigShape: Shape = {
  object: {
    image: 'string',
    guest: guestShape,
    size: 'string',
    init: {
      object: {
        exec: strings,
        entrypoint: strings,
        cmd: strings,
        tty: 'bool',
        swap_size_mb: 'int',
        kernel_args: strings,
      },
    },
    env: stringMap,
    files: { list: file },
    mounts: {
      list: {
        object: {
          volume: 'string',
          path: 'string',
          name: 'string',
          size_gb: 'int',
          encrypted: 'bool',
          extend_threshold_percent: 'int',
          add_size_gb: 'int',
          size_gb_limit: 'int',
          add_size_percent: 'int',
          min_add_size_gb: 'int',
        },
      },
    },
    services: { list: service },
    checks: { map: { object: { ...check, kind: 'string' } } },
    restart,
    stop_config: stopConfig,
    auto_destroy: 'bool',
    schedule: 'string',
    metadata: stringMap,
    dns: {
      object: {
        skip_registration: 'bool',
        nameservers: strings,
        searches: strings,
        options: { list: { object: { name: 'string', value: 'string' } } },
        dns_forward_rules: { list: { object: { basename: 'string', addr: 'string' } } },
        hostname: 'string',
        hostname_fqdn: 'string',
      },
    },
    statics: {
      list: {
        object: { guest_path: 'string', url_prefix: 'string', tigris_bucket: 'string', index_document: 'string' },
      },
    },
    metrics: { object: { port: 'int', path: 'string', https: 'bool' } },
    processes: {
      list: {
        object: {
          exec: strings,
          entrypoint: strings,
          cmd: strings,
          user: 'string',
          env: stringMap,
          env_from: envFrom,
          secrets: secretRefs,
          ignore_app_secrets: 'bool',
        },
      },
    },
    standbys: strings,
    containers: {
      list: {
        object: {
          name: 'string',
          image: 'string',
          cmd: strings,
          entrypoint: strings,
          exec: strings,
          env: stringMap,
          env_from: envFrom,
          files: { list: file },
          secrets: secretRefs,
          user: 'string',
          restart,
          stop: stopConfig,
          depends_on: { list: { object: { name: 'string', condition: 'string' } } },
          healthchecks: { list: { map: 'any' } },
        },
      },
    },
    rootfs: { object: { persist: 'string', size_gb: 'int' } },
    cache_drive: { object: { size_mb: 'int' } },
    volumes: { list: { map: 'any' } },
    spot: { object: { max_price_fraction: 'number' } },
    disable_machine_autostart: 'bool',
  },
};
