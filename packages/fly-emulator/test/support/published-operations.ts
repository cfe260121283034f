/** Every operation of Fly's published OpenAPI description of 7 May 2026: method, path, operationId. */
export const PUBLISHED_OPERATIONS = `
GET /apps Apps_list
POST /apps Apps_create
GET /apps/{app_name} Apps_show
DELETE /apps/{app_name} Apps_delete
GET /apps/{app_name}/certificates App_Certificates_list
POST /apps/{app_name}/certificates/acme App_Certificates_acme_create
POST /apps/{app_name}/certificates/custom App_Certificates_custom_create
GET /apps/{app_name}/certificates/{hostname} App_Certificates_show
DELETE /apps/{app_name}/certificates/{hostname} App_Certificates_delete
DELETE /apps/{app_name}/certificates/{hostname}/acme App_Certificates_acme_delete
POST /apps/{app_name}/certificates/{hostname}/check App_Certificates_check
DELETE /apps/{app_name}/certificates/{hostname}/custom App_Certificates_custom_delete
POST /apps/{app_name}/deploy_token App_create_deploy_token
GET /apps/{app_name}/ip_assignments App_IPAssignments_list
POST /apps/{app_name}/ip_assignments App_IPAssignments_create
DELETE /apps/{app_name}/ip_assignments/{ip} App_IPAssignments_delete
GET /apps/{app_name}/machines Machines_list
POST /apps/{app_name}/machines Machines_create
GET /apps/{app_name}/machines/{machine_id} Machines_show
POST /apps/{app_name}/machines/{machine_id} Machines_update
DELETE /apps/{app_name}/machines/{machine_id} Machines_delete
POST /apps/{app_name}/machines/{machine_id}/cordon Machines_cordon
GET /apps/{app_name}/machines/{machine_id}/events Machines_list_events
POST /apps/{app_name}/machines/{machine_id}/exec Machines_exec
GET /apps/{app_name}/machines/{machine_id}/lease Machines_show_lease
POST /apps/{app_name}/machines/{machine_id}/lease Machines_create_lease
DELETE /apps/{app_name}/machines/{machine_id}/lease Machines_release_lease
GET /apps/{app_name}/machines/{machine_id}/memory Machines_get_memory
PUT /apps/{app_name}/machines/{machine_id}/memory Machines_set_memory_limit
POST /apps/{app_name}/machines/{machine_id}/memory/reclaim Machines_reclaim_memory
GET /apps/{app_name}/machines/{machine_id}/metadata Machines_show_metadata
PUT /apps/{app_name}/machines/{machine_id}/metadata Machines_update_metadata
PATCH /apps/{app_name}/machines/{machine_id}/metadata Machines_update_metadata
GET /apps/{app_name}/machines/{machine_id}/metadata/{key} Machines_get_metadata_key
POST /apps/{app_name}/machines/{machine_id}/metadata/{key} Machines_upsert_metadata
DELETE /apps/{app_name}/machines/{machine_id}/metadata/{key} Machines_delete_metadata
GET /apps/{app_name}/machines/{machine_id}/ps Machines_list_processes
POST /apps/{app_name}/machines/{machine_id}/restart Machines_restart
POST /apps/{app_name}/machines/{machine_id}/signal Machines_signal
POST /apps/{app_name}/machines/{machine_id}/start Machines_start
POST /apps/{app_name}/machines/{machine_id}/stop Machines_stop
POST /apps/{app_name}/machines/{machine_id}/suspend Machines_suspend
POST /apps/{app_name}/machines/{machine_id}/uncordon Machines_uncordon
GET /apps/{app_name}/machines/{machine_id}/versions Machines_list_versions
GET /apps/{app_name}/machines/{machine_id}/wait Machines_wait
GET /apps/{app_name}/secretkeys Secretkeys_list
GET /apps/{app_name}/secretkeys/{secret_name} Secretkey_get
POST /apps/{app_name}/secretkeys/{secret_name} Secretkey_set
DELETE /apps/{app_name}/secretkeys/{secret_name} Secretkey_delete
POST /apps/{app_name}/secretkeys/{secret_name}/decrypt Secretkey_decrypt
POST /apps/{app_name}/secretkeys/{secret_name}/encrypt Secretkey_encrypt
POST /apps/{app_name}/secretkeys/{secret_name}/generate Secretkey_generate
POST /apps/{app_name}/secretkeys/{secret_name}/sign Secretkey_sign
POST /apps/{app_name}/secretkeys/{secret_name}/verify Secretkey_verify
GET /apps/{app_name}/secrets Secrets_list
POST /apps/{app_name}/secrets Secrets_update
GET /apps/{app_name}/secrets/{secret_name} Secret_get
POST /apps/{app_name}/secrets/{secret_name} Secret_create
DELETE /apps/{app_name}/secrets/{secret_name} Secret_delete
GET /apps/{app_name}/volumes Volumes_list
POST /apps/{app_name}/volumes Volumes_create
GET /apps/{app_name}/volumes/{volume_id} Volumes_get_by_id
PUT /apps/{app_name}/volumes/{volume_id} Volumes_update
DELETE /apps/{app_name}/volumes/{volume_id} Volume_delete
PUT /apps/{app_name}/volumes/{volume_id}/extend Volumes_extend
GET /apps/{app_name}/volumes/{volume_id}/snapshots Volumes_list_snapshots
POST /apps/{app_name}/volumes/{volume_id}/snapshots createVolumeSnapshot
GET /orgs/{org_slug}/machines Machines_org_list
GET /orgs/{org_slug}/volumes Volumes_org_list
POST /platform/placements Platform_placements_post
GET /platform/regions Platform_regions_get
POST /tokens/authenticate Tokens_authenticate
POST /tokens/authorize Tokens_authorize
GET /tokens/current CurrentToken_show
POST /tokens/kms Tokens_request_Kms
POST /tokens/oidc Tokens_request_OIDC
`
  .trim()
  .split('\n')
  .map((line) => {
    const [method = '', path = '', operation = ''] = line.split(' ');
    return { method, path, operation };
  });
