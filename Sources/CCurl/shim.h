#ifndef VIDEO_EXTRACT_CCURL_SHIM_H
#define VIDEO_EXTRACT_CCURL_SHIM_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

// curl_easy_setopt and curl_easy_getinfo are variadic, which Swift cannot call: one wrapper per argument type.

static inline CURLcode ve_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ve_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ve_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ve_curl_set_headers(CURL *handle, struct curl_slist *headers) {
    return curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
}

// Both the body and the header callback have this signature.
typedef size_t (*ve_curl_data_function)(char *data, size_t size, size_t count, void *context);

static inline CURLcode ve_curl_set_body_function(CURL *handle, ve_curl_data_function function, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, function);
    return code != CURLE_OK ? code : curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
}

static inline CURLcode ve_curl_set_header_function(CURL *handle, ve_curl_data_function function, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, function);
    return code != CURLE_OK ? code : curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
}

// Answers 1 to let the socket be opened, 0 to refuse the address.
typedef int (*ve_curl_address_function)(void *context, const struct sockaddr *address, unsigned int length);

struct ve_curl_address_check {
    ve_curl_address_function function;
    void *context;
};

// struct curl_sockaddr ends in a sockaddr that is really longer; hand Swift a plain pointer and length.
static inline curl_socket_t ve_curl_open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    struct ve_curl_address_check *check = (struct ve_curl_address_check *)context;
    (void)purpose;
    if (!check->function(check->context, &address->addr, address->addrlen)) return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// `check` must live as long as the handle.
static inline CURLcode ve_curl_set_address_check(CURL *handle, struct ve_curl_address_check *check) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, ve_curl_open_socket);
    return code != CURLE_OK ? code : curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, check);
}

static inline CURLcode ve_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode ve_curl_get_string(CURL *handle, CURLINFO info, char **value) {
    return curl_easy_getinfo(handle, info, value);
}

// CURLMsg holds its result in an unnamed union.
static inline CURLcode ve_curl_message_result(const CURLMsg *message) {
    return message->data.result;
}

#endif
