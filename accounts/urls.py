"""Addresses of everything about one's account."""

from django.urls import path

from accounts import (
    views,
    views_account,
    views_devices,
    views_invitations,
    views_passkeys,
    views_recovery,
    views_second_factor,
)

app_name = "accounts"

urlpatterns = [
    path("", views_account.settings_page, name="settings"),
    path("signup/", views.sign_up, name="signup"),
    path("login/", views.log_in, name="login"),
    path("logout/", views.log_out, name="logout"),
    path("password/", views.change_password, name="password"),
    path("devices/", views_devices.devices, name="devices"),
    path("devices/end/", views_devices.end, name="end"),
    path("codes/", views_recovery.codes, name="codes"),
    path("recover/", views_recovery.recover, name="recover"),
    path("mail/", views_recovery.mail_link, name="mail_link"),
    path("reset/", views_recovery.new_password, name="new_password"),
    path("reset/<str:number>/<str:token>/", views_recovery.reset_link, name="reset"),
    path("invitations/", views_invitations.invite, name="invitations"),
    path("invitations/<int:pk>/end/", views_invitations.take_back, name="take_back"),
    path("invitation/<str:token>/", views_invitations.accept, name="invitation"),
    path("download/", views_account.download, name="download"),
    path("delete/", views_account.delete, name="delete"),
    path("confirm/", views_second_factor.confirm, name="confirm"),
    path("login/code/", views_second_factor.log_in_code, name="log_in_code"),
    path("login/passkey/", views_passkeys.log_in, name="log_in_passkey"),
    path("login/passkey/options/", views_passkeys.log_in_options, name="log_in_passkey_options"),
    path("passkeys/", views_passkeys.passkey_list, name="passkeys"),
    path("passkeys/add/", views_passkeys.add, name="passkey_add"),
    path("passkeys/add/options/", views_passkeys.add_options, name="passkey_add_options"),
    path("passkeys/<int:pk>/", views_passkeys.name, name="passkey"),
    path("passkeys/<int:pk>/remove/", views_passkeys.remove, name="passkey_remove"),
    path("second-factor/", views_second_factor.overview, name="second_factor"),
    path("second-factor/on/", views_second_factor.turn_on, name="second_factor_on"),
    path("second-factor/off/", views_second_factor.turn_off, name="second_factor_off"),
]
