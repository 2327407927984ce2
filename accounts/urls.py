"""URL patterns of the account pages."""

from django.urls import path

from accounts.views import (
    account,
    authentication,
    invitations,
    passkeys,
    recovery,
    second_factor,
)

app_name = "accounts"

urlpatterns = [
    path("", account.settings_page, name="settings"),
    path("signup/", authentication.sign_up, name="signup"),
    path("login/", authentication.log_in, name="login"),
    path("logout/", authentication.log_out, name="logout"),
    path("password/", authentication.change_password, name="password"),
    path("devices/", account.session_list, name="sessions"),
    path("devices/end/", account.end_session, name="end_session"),
    path("codes/", recovery.codes, name="codes"),
    path("recover/", recovery.recover, name="recover"),
    path("mail/", recovery.mail_link, name="mail_link"),
    path("reset/", recovery.new_password, name="new_password"),
    path("reset/<str:number>/<str:token>/", recovery.reset_link, name="reset"),
    path("invitations/", invitations.invite, name="invitations"),
    path("invitations/<int:pk>/end/", invitations.revoke, name="revoke"),
    path("invitation/<str:token>/", invitations.accept, name="invitation"),
    path("download/", account.download, name="download"),
    path("delete/", account.delete, name="delete"),
    path("confirm/", second_factor.confirm, name="confirm"),
    path("login/code/", second_factor.log_in_code, name="log_in_code"),
    path("login/passkey/", passkeys.log_in, name="log_in_passkey"),
    path("login/passkey/options/", passkeys.log_in_options, name="log_in_passkey_options"),
    path("passkeys/", passkeys.passkey_list, name="passkeys"),
    path("passkeys/add/", passkeys.add, name="passkey_add"),
    path("passkeys/add/options/", passkeys.add_options, name="passkey_add_options"),
    path("passkeys/<int:pk>/", passkeys.name, name="passkey"),
    path("passkeys/<int:pk>/remove/", passkeys.remove, name="passkey_remove"),
    path("second-factor/", second_factor.overview, name="second_factor"),
    path("second-factor/on/", second_factor.turn_on, name="second_factor_on"),
    path("second-factor/off/", second_factor.turn_off, name="second_factor_off"),
]
